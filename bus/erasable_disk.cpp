#include "bus/erasable_disk.hpp"

#include "bus/disk_error.hpp"
#include "bus/opened_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <linux/fs.h>
#include <sstream>
#include <sys/ioctl.h>

namespace bus {

const std::string_view erasable_remedy =
    "put `slab` of [bus] on ext4 (without data=journal), XFS or tmpfs, or set accept_unerasable = "
    "true there to do without: erased keys could then stay on that disk";

namespace {

constexpr std::string_view journaled = "writes data into its journal first, where it stays";
constexpr std::string_view copies = "writes a change elsewhere and keeps what was there";
constexpr std::string_view layered = "lays layers of folders over each other and hides their disk";
constexpr std::string_view remote = "hides where its data are written";
constexpr std::string_view not_known = "is not known to overwrite data in place";

constexpr std::array<std::string_view, 6> in_place{"ext2", "ext3", "ext4", "xfs", "tmpfs", "ramfs"};

struct habit {
    std::string_view type;
    std::string_view does;
};

constexpr std::array habits{
    habit{"btrfs", copies},
    habit{"zfs", copies},
    habit{"bcachefs", copies},
    habit{"f2fs", copies},
    habit{"nilfs2", copies},
    habit{"overlay", layered},
    habit{"aufs", layered},
    habit{"nfs", remote},
    habit{"nfs4", remote},
    habit{"cifs", remote},
    habit{"smb3", remote},
    habit{"9p", remote},
    habit{"virtiofs", remote},
    habit{"fuse", remote},
    habit{"ceph", remote}};

std::string whole(const std::string& file)
{
    std::ifstream from(file);
    return {std::istreambuf_iterator<char>(from), {}};
}

/// Not by device number: each subvolume of btrfs has one of its own that no list names.
std::uint64_t mount_id(const opened_file& file)
{
    std::istringstream lines(whole("/proc/self/fdinfo/" + std::to_string(file.number())));
    std::string name;
    std::uint64_t id = 0;
    while (lines >> name)
        if (name == "mnt_id:" && lines >> id)
            return id;
    return 0;
}

/// `chattr +j`, which new files take over from their folder.
bool is_journaled(const opened_file& file)
{
    int flags = 0;
    return ::ioctl(file.number(), FS_IOC_GETFLAGS, &flags) == 0 &&
           (flags & FS_JOURNAL_DATA_FL) != 0;
}

/// Those too that ext4 took from its own superblock (tune2fs -o), which no list of mounts shows.
std::string all_options(const mounted_system& system)
{
    std::error_code ignored; // elsewhere than on a disk it has no such file
    const auto disk = std::filesystem::read_symlink("/sys/dev/block/" + system.device, ignored);
    std::istringstream lines(whole("/proc/fs/ext4/" + disk.filename().string() + "/options"));
    std::string options = system.options;
    for (std::string line; std::getline(lines, line);)
        options += "," + line;
    return options;
}

std::filesystem::path nearest_existing(const std::filesystem::path& file)
{
    std::filesystem::path at = std::filesystem::absolute(file);
    std::error_code ignored; // who may not look into a folder asks for that folder
    while (!std::filesystem::exists(at, ignored) && at.has_relative_path())
        at = at.parent_path();
    return at;
}

std::string told(const std::filesystem::path& place, std::string_view type, std::string_view does)
{
    return place.string() + " is on " + std::string{type} + ", which " + std::string{does};
}

} // namespace

std::optional<mounted_system> find_mount(std::string_view mountinfo, std::uint64_t id)
{
    // "36 35 98:0 / /mnt rw,noatime master:1 - ext4 /dev/root rw,data=journal"
    std::istringstream lines{std::string{mountinfo}};
    for (std::string line; std::getline(lines, line);) {
        std::uint64_t found = 0;
        std::from_chars(line.data(), line.data() + line.size(), found);
        const std::size_t separator = line.find(" - ");
        if (found != id || separator == std::string::npos)
            continue;
        mounted_system system;
        std::string other;
        std::istringstream(line) >> other >> other >> system.device;
        std::istringstream(line.substr(separator + 3)) >> system.type >> other >> system.options;
        return system;
    }
    return std::nullopt;
}

std::string why_unerasable(const mounted_system& system)
{
    if (("," + system.options + ",").find(",data=journal,") != std::string::npos)
        return std::string{journaled};
    if (std::find(in_place.begin(), in_place.end(), system.type) != in_place.end())
        return {};
    const std::string type = system.type.substr(0, system.type.find('.')); // "fuse.sshfs"
    for (const habit& known : habits)
        if (known.type == type)
            return std::string{known.does};
    return std::string{not_known};
}

std::string why_unerasable(const std::filesystem::path& slab)
{
    const std::filesystem::path place = nearest_existing(slab);
    const opened_file file(place, O_RDONLY | O_NONBLOCK);
    if (file.error() != 0)
        throw disk_error("open", place, file.error());
    auto system = find_mount(whole("/proc/self/mountinfo"), mount_id(file));
    if (!system)
        return told(
            place,
            "a file system",
            "is missing in /proc/self/mountinfo, so that its kind is not known");
    system->options = all_options(*system);
    if (is_journaled(file))
        return told(place, system->type, journaled);
    const std::string does = why_unerasable(*system);
    return does.empty() ? does : told(place, system->type, does);
}

} // namespace bus
