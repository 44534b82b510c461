#pragma once

#include "cli/options.hpp"

namespace cli {

struct endpoints;

/// `sealpost up`: keeps a pipeline running until it is asked to stop.
int up(const up_options& options);

/// The addresses, for people.
std::string listing(const endpoints& where, bool ephemeral);

} // namespace cli
