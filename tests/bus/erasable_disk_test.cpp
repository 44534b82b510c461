#include "bus/erasable_disk.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

namespace {

constexpr std::string_view mounts =
    "23 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n"
    "36 23 0:32 / /home/a\\040b rw,relatime - btrfs /dev/vdb rw,subvol=/\n"
    "236 23 254:1 / /var rw,relatime shared:2 master:1 - ext4 /dev/vdc rw,data=journal,discard\n"
    "40 23 0:40 / /torn";

TEST(an_erasable_disk, is_found_by_the_id_of_its_mount)
{
    EXPECT_EQ(bus::find_mount(mounts, 23).value().type, "ext4");
    EXPECT_EQ(bus::find_mount(mounts, 23).value().device, "254:0");
    EXPECT_EQ(bus::find_mount(mounts, 36).value().type, "btrfs");
    EXPECT_EQ(bus::find_mount(mounts, 236).value().options, "rw,data=journal,discard");
    EXPECT_FALSE(bus::find_mount(mounts, 2));
    EXPECT_FALSE(bus::find_mount(mounts, 40));
    EXPECT_FALSE(bus::find_mount("", 0));
}

TEST(an_erasable_disk, overwrites_in_place)
{
    for (const char* type : {"ext2", "ext3", "ext4", "xfs", "tmpfs", "ramfs"})
        EXPECT_EQ(bus::why_unerasable(bus::mounted_system{"8:1", type, "rw,data=ordered"}), "")
            << type;
    for (const char* type :
         {"btrfs",
          "zfs",
          "bcachefs",
          "f2fs",
          "nilfs2",
          "overlay",
          "nfs",
          "nfs4",
          "fuse.sshfs",
          "fuse",
          "9p",
          "virtiofs",
          "cifs",
          "something new",
          ""})
        EXPECT_NE(bus::why_unerasable(bus::mounted_system{"8:1", type, "rw"}), "") << type;
}

TEST(an_erasable_disk, keeps_no_data_in_a_journal)
{
    EXPECT_NE(bus::why_unerasable(bus::mounted_system{"8:1", "ext4", "rw,data=journal"}), "");
    EXPECT_NE(bus::why_unerasable(bus::mounted_system{"8:1", "ext3", "data=journal,rw"}), "");
    EXPECT_EQ(bus::why_unerasable(bus::mounted_system{"8:1", "ext4", "rw,xdata=journal"}), "");
}

TEST(an_erasable_disk, may_be_asked_for_before_the_slab_exists)
{
    const std::string now = bus::why_unerasable(std::filesystem::temp_directory_path());
    const std::string later =
        bus::why_unerasable(std::filesystem::temp_directory_path() / "missing/folder/slab");
    EXPECT_EQ(now, later);
}

TEST(an_erasable_disk, is_not_what_no_list_of_mounts_names)
{
    EXPECT_NE(bus::why_unerasable(std::filesystem::path{"/proc/self/status"}), "");
}

} // namespace
