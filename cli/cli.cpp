#include "cli/cli.hpp"

#include "cli/apply.hpp"
#include "cli/arguments.hpp"
#include "cli/bus_compact.hpp"
#include "cli/bus_truncate.hpp"
#include "cli/demo.hpp"
#include "cli/digest.hpp"
#include "cli/events.hpp"
#include "cli/events_export.hpp"
#include "cli/events_import.hpp"
#include "cli/events_tail.hpp"
#include "cli/failure.hpp"
#include "cli/head.hpp"
#include "cli/revoke.hpp"
#include "cli/send.hpp"
#include "cli/shell.hpp"
#include "cli/standard_output.hpp"
#include "cli/status.hpp"
#include "cli/trace.hpp"
#include "cli/up.hpp"
#include "cli/verify.hpp"
#include "cli/wait.hpp"

#include <exception>
#include <iostream>
#include <variant>

namespace cli {

namespace {

/// The command table: the options' type is the command.
struct run_command {
    const std::filesystem::path& state;

    int operator()(const printed_text& options) const
    {
        std::cout << options.text;
        return 0;
    }
    int operator()(const up_options& options) const { return up(options); }
    int operator()(const demo_options& options) const { return demo(options); }
    int operator()(const send_options& options) const { return send(state, options); }
    int operator()(const trace_options& options) const { return trace(state, options); }
    int operator()(const status_options& options) const { return status(state, options); }
    int operator()(const revoke_options& options) const { return revoke(state, options); }
    int operator()(const apply_options& options) const { return apply(state, options); }
    int operator()(const events_options& options) const { return events(state, options); }
    int operator()(const events_export_options& options) const
    {
        return events_export(state, options);
    }
    int operator()(const events_import_options& options) const
    {
        return events_import(state, options);
    }
    int operator()(const events_tail_options& options) const { return events_tail(state, options); }
    int operator()(const digest_options& options) const { return digest(state, options); }
    int operator()(const wait_options& options) const { return wait(state, options); }
    int operator()(const verify_options& options) const { return verify(state, options); }
    int operator()(const head_options& options) const { return head(state, options); }
    int operator()(const bus_truncate_options& options) const
    {
        return bus_truncate(state, options);
    }
    int operator()(const bus_compact_options& options) const { return bus_compact(state, options); }
    int operator()(const shell_options& options) const { return shell(state, options); }
};

} // namespace

int run(int argc, char** argv)
{
    fill_closed_streams();
    try {
        const invocation wanted = read_arguments(argc, argv);
        const int code = std::visit(run_command{wanted.state}, wanted.command);
        finish_standard_output();
        return code;
    } catch (const failure& ended) {
        std::cout.flush();
        std::cerr << "sealpost: " << ended.what() << std::endl;
        return static_cast<int>(ended.code());
    } catch (const std::exception& error) {
        std::cout.flush();
        std::cerr << "sealpost: " << error.what() << std::endl;
        return static_cast<int>(exit_code::failed);
    }
}

} // namespace cli
