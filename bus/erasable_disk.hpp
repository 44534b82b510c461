#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

/// Whether an overwritten key is gone from the disk: only where the file system writes in place.
/// What lies below the file system (an SSD that remaps its cells, an image on another file system,
/// snapshots of a volume) cannot be seen from here.
namespace bus {

/// What holds a folder, as the kernel's list of mounts says.
struct mounted_system {
    std::string device;  ///< "254:0"
    std::string type;    ///< "ext4"
    std::string options; ///< of the file system: "rw,data=journal"
};

/// The mount with that id in the text of /proc/self/mountinfo (proc(5)).
std::optional<mounted_system> find_mount(std::string_view mountinfo, std::uint64_t id);

/// What it does to overwritten data, "which …"; empty where it is overwritten in place.
std::string why_unerasable(const mounted_system& system);

/// Why a slab in that file could not be erased in place, "FOLDER is on btrfs, which …"; empty when
/// it could. The file and its folders may be missing yet. Throws disk_error when it can't be
/// opened.
std::string why_unerasable(const std::filesystem::path& slab);

/// What to do about it, for who sets [bus].
extern const std::string_view erasable_remedy;

} // namespace bus
