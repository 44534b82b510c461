#pragma once

#include "cli/options.hpp"

namespace cli {

/// `sealpost demo`: plays the story on a pipeline of its own, or on the one that runs on the given
/// state directory.
int demo(const demo_options& options);

} // namespace cli
