#include "service/run_main.hpp"

#include "service/arguments.hpp"
#include "service/kept_memory.hpp"
#include "service/log.hpp"
#include "service/process_context.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <utility>

namespace service {
namespace asio = boost::asio;

namespace {

constexpr int exit_failed = 1;
constexpr int exit_wrong_settings = 78; // EX_CONFIG of sysexits.h

/// Keys and contents must reach neither a core file nor another process of this user. Throws when
/// the system does not grant that.
void keep_memory_private()
{
    const auto refuse = [](const std::string& what) {
        throw std::runtime_error(
            what + ": " + std::strerror(errno) +
            ". A seccomp filter or a container's profile may forbid it; --allow-debugger starts "
            "the process with readable memory.");
    };
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0)
        refuse("core files cannot be forbidden (setrlimit RLIMIT_CORE)");
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
        refuse("memory cannot be kept from other processes (prctl PR_SET_DUMPABLE)");
}

void print(std::FILE* out, const std::string& text)
{
    std::fwrite(text.data(), 1, text.size(), out);
    std::fflush(out);
}

/// One log line a fault.
void log_faults(log& log, std::string_view faults)
{
    while (!faults.empty()) {
        const std::size_t end = faults.find('\n');
        log.error("settings.invalid", {{"fault", faults.substr(0, end)}});
        faults = end == std::string_view::npos ? "" : faults.substr(end + 1);
    }
}

void check(const process_definition& process, context& context)
{
    if (process.check) {
        process.check(context);
    } else {
        context.settings();
    }
}

int report_config(
    const process_definition& process, process_context& context, const arguments& given)
{
    try {
        check(process, context);
    } catch (
        const std::exception& wrong) { // invalid_settings, or a file that is not what it should be
        print(stderr, std::string{wrong.what()} + "\n");
        return exit_wrong_settings;
    }
    print(stdout, given.config + ": [" + std::string{process.name} + "] is valid\n");
    return EXIT_SUCCESS;
}

int exit_code_of(const std::exception_ptr& failure, log& log)
{
    if (!failure) {
        log.info("stopped");
        return EXIT_SUCCESS;
    }
    try {
        std::rethrow_exception(failure);
    } catch (const invalid_settings& wrong) {
        log_faults(log, wrong.what());
        return exit_wrong_settings;
    } catch (const std::exception& error) {
        log.error("process.failed", {{"reason", error.what()}});
    } catch (...) {
        log.error("process.failed", {{"reason", "unknown exception"}});
    }
    return exit_failed;
}

/// Runs the process until its coroutine ends; nullptr when it ended well.
std::exception_ptr run_to_the_end(
    const process_definition& process, asio::io_context& io, process_context& context)
{
    std::exception_ptr failure;
    try {
        context.take_handed_down_sockets();
        context.follow_signals();
        check(process, context);
        asio::co_spawn(io, process.run(context), [&io, &failure](std::exception_ptr ended) {
            failure = std::move(ended);
            io.stop();
        });
        io.run();
    } catch (...) {
        failure = std::current_exception(); // named in the log by exit_code_of()
    }
    return failure;
}

} // namespace

int run_main(const process_definition& process, int argc, char** argv)
{
    const parsed_arguments parsed = parse_arguments(process, argc, argv);
    if (parsed.exit_code) {
        print(*parsed.exit_code == EXIT_SUCCESS ? stdout : stderr, parsed.text);
        return *parsed.exit_code;
    }
    const arguments& given = parsed.given;
    log log{given.name, given.log_level};
    if (!given.allow_debugger) {
        try {
            keep_memory_private();
        } catch (...) {
            return exit_code_of(std::current_exception(), log);
        }
    }
    keep_freed_memory();
    std::signal(SIGPIPE, SIG_IGN);
    asio::io_context io{1};
    process_context context{io, {given.name, std::string{process.name}, given.config}, log};
    if (given.check_config) {
        return report_config(process, context, given);
    }
    return exit_code_of(run_to_the_end(process, io, context), log);
}

} // namespace service
