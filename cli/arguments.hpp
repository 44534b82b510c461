#pragma once

#include "cli/options.hpp"

#include <filesystem>

namespace cli {

/// Reads the arguments. Throws failure (wrong_arguments) naming what is wrong and which --help
/// tells more.
invocation read_arguments(int argc, const char* const* argv);

/// $SEALPOST_STATE, else ./sealpost-state.
std::filesystem::path default_state();

} // namespace cli
