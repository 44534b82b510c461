#pragma once

#include "cli/command.hpp"

#include <vector>

namespace cli {

/// Defines the commands that work on a log on disk, `verify`, `head`, `bus truncate` and
/// `bus compact`, below `whole`.
std::vector<command> define_log_commands(CLI::App& whole);

} // namespace cli
