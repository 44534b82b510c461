#pragma once

#include "cli/options.hpp"

#include <functional>

namespace CLI {
class App;
}

namespace cli {

/// Where one command's options are filled, and how they become the invocation's.
struct command {
    CLI::App* app = nullptr;
    std::function<command_options()> options;
};

} // namespace cli
