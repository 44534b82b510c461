#pragma once

#include "cli/event_options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost events import`: makes a follow-only log of an export, in a state directory on which
/// nothing runs.
int events_import(const std::filesystem::path& state, const events_import_options& options);

} // namespace cli
