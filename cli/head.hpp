#pragma once

#include "cli/options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost head`: where the log ends, read from the disk; the bus may run or not.
int head(const std::filesystem::path& state, const head_options& options);

} // namespace cli
