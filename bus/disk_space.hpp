#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

/// The room on the disk. Contents are refused while little is left, so that what needs little,
/// above all events that take a message back, still finds its place.
namespace bus {

/// A whole write-ahead log and its copy in the database fit in it.
constexpr std::int64_t default_reserve_mib = 64;

/// What a user without privileges may still write on the file system of `file`, which may be
/// missing; 0 when that can't be found out.
std::uint64_t free_octets(const std::filesystem::path& file);

/// "N KiB are free, at least M MiB are needed".
std::string space_text(std::uint64_t free, std::int64_t needed_mib = default_reserve_mib);

} // namespace bus
