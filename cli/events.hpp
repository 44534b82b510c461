#pragma once

#include "cli/event_options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost events`: the log as NDJSON, a line an event (event_line).
int events(const std::filesystem::path& state, const events_options& options);

} // namespace cli
