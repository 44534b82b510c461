#pragma once

#include "cli/options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost shell`: the cmdlets of the original, from -c, from a pipe, or typed at a prompt. Exit
/// code 1 when one of them failed; the others are run all the same, as PowerShell does.
int shell(const std::filesystem::path& state, const shell_options& options);

} // namespace cli
