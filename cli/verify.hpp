#pragma once

#include "cli/options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost verify`: whether a log, or what `events` printed of it, is as it was written, and
/// holds a signed head. 1 when it is not.
int verify(const std::filesystem::path& state, const verify_options& options);

} // namespace cli
