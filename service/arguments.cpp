#include "service/arguments.hpp"

#include <array>
#include <cstdlib>
#include <getopt.h>

namespace service {
namespace {

constexpr int exit_wrong_arguments = 2;
constexpr std::string_view version = "0.1.0";

enum option_code {
    config = 256,
    check_config,
    name,
    log_level,
    allow_debugger,
    show_version,
    help
};

const std::array<option, 8> options{{
    {"config", required_argument, nullptr, config},
    {"check-config", no_argument, nullptr, check_config},
    {"name", required_argument, nullptr, name},
    {"log-level", required_argument, nullptr, log_level},
    {"allow-debugger", no_argument, nullptr, allow_debugger},
    {"version", no_argument, nullptr, show_version},
    {"help", no_argument, nullptr, help},
    {nullptr, 0, nullptr, 0},
}};

std::string usage(const process_definition& process)
{
    const std::string executable = "sealpost-" + std::string{process.name};
    return "usage: " + executable + " --config FILE [OPTIONS]\n\n" + std::string{process.summary} +
           "\n\n"
           "  --config FILE      settings (TOML); this process reads the section [" +
           std::string{process.name} +
           "]\n"
           "  --check-config     name every fault of the settings and exit: 0 none, 78 some\n"
           "  --name NAME        name in log lines, for a second process of its kind\n"
           "  --log-level LEVEL  debug, info (default), warning or error\n"
           "  --allow-debugger   permit core dumps and debuggers, which can read keys and mail\n"
           "  --version          print the version and exit\n"
           "  --help             print this and exit\n\n"
           "Log lines (JSON) go to standard error. SIGTERM and SIGINT stop the process; what goes "
           "on is\n"
           "finished within 15 seconds. Listening sockets may be handed down as by systemd "
           "(LISTEN_FDS,\n"
           "LISTEN_FDNAMES). Exit codes: 0 stopped as asked, 1 failed, 2 wrong arguments, 78 "
           "wrong\n"
           "settings.\n";
}

parsed_arguments finished(int code, std::string text)
{
    return {{}, code, std::move(text)};
}

parsed_arguments refused(const process_definition& process, const std::string& why)
{
    return finished(
        exit_wrong_arguments,
        "sealpost-" + std::string{process.name} + ": " + why + "; --help names every option\n");
}

/// Takes one option over; false when its value is wrong.
bool take(arguments& given, int code, const std::string& value)
{
    switch (code) {
    case config:
        given.config = value;
        return true;
    case check_config:
        given.check_config = true;
        return true;
    case allow_debugger:
        given.allow_debugger = true;
        return true;
    case name:
        given.name = value;
        return !value.empty();
    case log_level: {
        const std::optional<severity> level = severity_named(value);
        given.log_level = level.value_or(severity::info);
        return level.has_value();
    }
    default:
        return false;
    }
}

} // namespace

parsed_arguments parse_arguments(const process_definition& process, int argc, char** argv)
{
    parsed_arguments parsed;
    parsed.given.name = process.name;
    ::optind = 0; // start anew, whoever parsed before
    ::opterr = 0;
    for (;;) {
        const int code = ::getopt_long(argc, argv, "+", options.data(), nullptr);
        if (code == -1) {
            break;
        }
        if (code == help) {
            return finished(EXIT_SUCCESS, usage(process));
        }
        if (code == show_version) {
            return finished(
                EXIT_SUCCESS,
                "sealpost-" + std::string{process.name} + " " + std::string{version} + "\n");
        }
        const std::string value = ::optarg == nullptr ? "" : ::optarg;
        if (!take(parsed.given, code, value)) {
            const std::string last = argv[::optind - 1];
            return refused(process, "wrong option or value \"" + last + "\"");
        }
    }
    if (::optind < argc) {
        return refused(process, "unexpected argument \"" + std::string{argv[::optind]} + "\"");
    }
    if (parsed.given.config.empty()) {
        return refused(process, "--config FILE is required");
    }
    return parsed;
}

} // namespace service
