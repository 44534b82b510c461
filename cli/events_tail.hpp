#pragma once

#include "cli/event_options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost events tail`: the last events for people, and with `follow` what comes, until Ctrl-C.
int events_tail(const std::filesystem::path& state, const events_tail_options& options);

} // namespace cli
