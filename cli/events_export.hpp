#pragma once

#include "cli/event_options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost events export`: the log of a running pipeline, to a file or standard output.
int events_export(const std::filesystem::path& state, const events_export_options& options);

} // namespace cli
