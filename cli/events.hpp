#pragma once

#include "bus/event.hpp"
#include "cli/options.hpp"

#include <filesystem>
#include <string>

namespace cli {

/// `sealpost events`: the log as NDJSON.
int events(const std::filesystem::path& state, const events_options& options);

/// {"seq", "time", "prev", "event": the CloudEvent as it stands in the log}, one line without its
/// feed.
std::string event_line(const bus::stored_event& event);

} // namespace cli
