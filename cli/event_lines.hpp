#pragma once

#include "bus/stored_log.hpp"

#include <filesystem>

namespace cli {

/// Checks what `sealpost events export` or `sealpost events` wrote into a file, from event 1 on, as
/// bus::stored_log checks a log. What `events` prints has no last line that holds the hash of the
/// last event: that one is only as right as a head says (verify --head). Throws failure when the
/// file cannot be read, or says that events were left out.
bus::checked_log check_event_lines(const std::filesystem::path& file, const bus::right_event& seen);

} // namespace cli
