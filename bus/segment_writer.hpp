#pragma once

#include "bus/segments.hpp"
#include "bus/sqlite.hpp"

#include <filesystem>
#include <functional>

namespace bus {

/// Copies the events of `log`, an open journal, that follow `before` and go up to `last` into
/// `file`, and reads them back from the disk: when it returns, the file is there whole, each event
/// checked, and its name on disk. Until then it has another name. `seen` gets each event. Throws
/// damaged when one of the events is not right, and disk_error.
log_position write_segment(
    database& log,
    const log_position& before,
    std::uint64_t last,
    const std::filesystem::path& file,
    const std::function<void(const stored_event&)>& seen);

/// What a segment is called until it is whole.
std::filesystem::path unfinished_name_of(const std::filesystem::path& file);

} // namespace bus
