#pragma once

#include "bus/sqlite.hpp"

#include <filesystem>
#include <vector>

namespace bus {

/// Removes from the archive what a compaction left behind that did not come to its end: unfinished
/// files, and segments whose events still stand in `log`, the open journal in `file`. Other files
/// are left alone; returns those that look like segments and are not in the list: they may be the
/// only copy of something, as after an older journal was put back.
std::vector<std::filesystem::path> put_away_leftovers(
    database& log, const std::filesystem::path& file);

} // namespace bus
