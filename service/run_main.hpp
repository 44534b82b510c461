#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string_view>

namespace service {

class context;

struct process_definition {
    std::string_view name;    ///< "gateway": also the section of the settings file
    std::string_view summary; ///< one sentence for --help
    /// Reads all settings and throws invalid_settings; for --check-config and before anything
    /// starts.
    std::function<void(context&)> check;
    /// Returns to stop with exit code 0; throws to stop with 1.
    std::function<boost::asio::awaitable<void>(context&)> run;
};

/// main() of every process: --config FILE, --check-config, --name NAME (a second portal),
/// --log-level,
/// --version, --help. Exit codes: 0 stopped as asked, 1 failed, 2 wrong arguments, 78 wrong
/// settings (EX_CONFIG). No core dumps (RLIMIT_CORE 0), SIGPIPE ignored, one io_context on one
/// thread.
int run_main(const process_definition& process, int argc, char** argv);

} // namespace service
