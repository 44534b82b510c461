#pragma once

#include "service/log.hpp"
#include "service/run_main.hpp"

#include <optional>
#include <string>

namespace service {

/// What the command line of a process says.
struct arguments {
    std::string config;
    std::string name; ///< in log lines
    severity log_level = severity::info;
    bool check_config = false;
    bool allow_debugger = false;
};

struct parsed_arguments {
    arguments given;
    std::optional<int> exit_code; ///< set: print `text` and exit
    std::string text;
};

parsed_arguments parse_arguments(const process_definition& process, int argc, char** argv);

} // namespace service
