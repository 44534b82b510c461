#include "bus/disk_error.hpp"
#include "bus/disk_space.hpp"
#include "bus/durable_files.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

namespace bus {
namespace {

class durable_files : public testing::Test {
protected:
    test::temporary_folder folder;
};

TEST_F(durable_files, stand_in_folders_that_are_made_down_to_the_last)
{
    make_folders(folder.path() / "one" / "two");
    make_folders(folder.path() / "one" / "two");
    EXPECT_TRUE(std::filesystem::is_directory(folder.path() / "one" / "two"));
    EXPECT_NO_THROW(make_folders(""));
}

TEST_F(durable_files, are_not_promised_where_no_folder_can_be)
{
    std::ofstream{folder.path() / "file"} << "x";
    EXPECT_THROW(make_folders(folder.path() / "file" / "folder"), disk_error);
    EXPECT_THROW(sync_folder_of(folder.path() / "none" / "file"), disk_error);
}

TEST_F(durable_files, are_read_again_as_they_are)
{
    std::ofstream{folder.path() / "file"} << "octets";
    reread_from_disk(folder.path() / "file");
    EXPECT_EQ(test::read_whole(folder.path() / "file"), "octets");
    EXPECT_NO_THROW(reread_from_disk(folder.path() / "none"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "none"));
}

TEST_F(durable_files, can_ask_for_the_room_that_is_left)
{
    EXPECT_GT(free_octets(folder.path() / "not made yet"), 0U);
    EXPECT_EQ(free_octets("/nowhere/at/all"), 0U);
    EXPECT_EQ(space_text(2048, 5), "2 KiB are free, at least 5 MiB are needed");
}

} // namespace
} // namespace bus
