#pragma once

#include "cli/options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost apply`: puts a directory file into the log, for every process to follow.
int apply(const std::filesystem::path& state, const apply_options& options);

} // namespace cli
