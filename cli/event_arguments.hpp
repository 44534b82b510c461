#pragma once

#include "cli/command.hpp"
#include "cli/log_moment.hpp"

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class Option;
}

namespace cli {

/// Defines `events` with its commands below `whole`; a command stands before the one it belongs to.
std::vector<command> define_events(CLI::App& whole);

/// An option that takes a seq or a time.
CLI::Option* add_moment(
    CLI::App* app,
    const std::string& name,
    std::optional<log_moment>& target,
    const std::string& what);

} // namespace cli
