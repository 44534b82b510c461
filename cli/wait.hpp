#pragma once

#include "cli/options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost wait`: returns when the predicate is true, with what made it so; exit code 1 when the
/// time is over.
int wait(const std::filesystem::path& state, const wait_options& options);

} // namespace cli
