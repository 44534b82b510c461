#pragma once

#include "cli/options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost trace`: which messages there are, or what happened to one.
int trace(const std::filesystem::path& state, const trace_options& options);

} // namespace cli
