#pragma once

#include "cli/options.hpp"

namespace CLI {
class App;
}

namespace cli {

/// What `up` and `demo` both take: what is started, and on which ports. Options and ports must live
/// as long as the parser.
void add_pipeline_options(CLI::App* app, pipeline_options& options, given_ports& ports);

} // namespace cli
