#pragma once

#include "cli/options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost bus compact`: moves the oldest events of a stopped bus's log to its archive.
int bus_compact(const std::filesystem::path& state, const bus_compact_options& options);

} // namespace cli
