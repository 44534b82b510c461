#include "service/context.hpp"
#include "service/log.hpp"
#include "service/run_main.hpp"
#include "tests/service/test_files.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <sys/prctl.h>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using service::context;
using testing::ExitedWithCode;

namespace {

asio::awaitable<void> end_at_once(context&)
{
    co_return;
}

asio::awaitable<void> run_out(context&)
{
    throw std::runtime_error{"no more paper"};
    co_return;
}

asio::awaitable<void> stop_by_signal(context& process)
{
    std::raise(SIGTERM);
    co_await process.stop_requested();
    co_await process.stop_requested(); // whoever comes late is told too
}

asio::awaitable<void> offload_and_check(context& process)
{
    const std::thread::id here = std::this_thread::get_id();
    std::thread::id there = here;
    co_await process.offload([&there] { there = std::this_thread::get_id(); });
    if (there == here || std::this_thread::get_id() != here) {
        throw std::runtime_error{"ran on the wrong thread"};
    }
    co_await process.offload([] { throw std::runtime_error{"work failed"}; });
}

asio::awaitable<void> check_privacy(context&)
{
    if (::prctl(PR_GET_DUMPABLE) != 0) {
        throw std::runtime_error{"memory is not private"};
    }
    co_return;
}

asio::awaitable<void> listen_twice(context& process)
{
    const auto first = process.listen("one", "127.0.0.1:0");
    process.listen("two", "127.0.0.1:" + std::to_string(first.local_endpoint().port()));
    co_return;
}

void read_settings(context& process)
{
    service::settings_reader reader = process.settings();
    reader.integer("count", 1, 1, 9);
    reader.required_text("name");
    reader.finish();
}

class run_main : public testing::Test {
protected:
    /// The exit code of a process that is started so; it is this process, so call it in a child
    /// only.
    int start(
        std::function<asio::awaitable<void>(context&)> run,
        std::vector<std::string> arguments,
        bool with_check = false)
    {
        service::process_definition process;
        process.name = "gateway";
        process.summary = "Takes mail.";
        process.run = std::move(run);
        if (with_check) {
            process.check = read_settings;
        }
        arguments.insert(arguments.begin(), "sealpost-gateway");
        std::vector<char*> pointers;
        pointers.reserve(arguments.size());
        for (std::string& argument : arguments) {
            pointers.push_back(argument.data());
        }
        return service::run_main(process, static_cast<int>(pointers.size()), pointers.data());
    }
    std::vector<std::string> config(std::string_view content, std::vector<std::string> more = {})
    {
        more.push_back("--config=" + folder_.write("sealpost.toml", content).string());
        return more;
    }

    test_folder folder_;
};

TEST_F(run_main, help_and_version_end_well)
{
    EXPECT_EQ(start(end_at_once, {"--help"}), 0);
    EXPECT_EQ(start(end_at_once, {"--version"}), 0);
}

TEST_F(run_main, help_names_every_option_and_exit_code)
{
    testing::internal::CaptureStdout();
    start(end_at_once, {"--help"});
    const std::string text = testing::internal::GetCapturedStdout();
    for (const char* const part :
         {"--config",
          "--check-config",
          "--name",
          "--log-level",
          "--allow-debugger",
          "--version",
          "--help",
          "[gateway]",
          "Takes mail.",
          "78",
          "LISTEN_FDS"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part;
    }
}

TEST_F(run_main, wrong_arguments_are_named_and_end_with_2)
{
    for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
             {},
             {"--nonsense"},
             {"--config"},
             {"--config=x", "--log-level=loud"},
             {"--config=x", "stray"}}) {
        testing::internal::CaptureStderr();
        EXPECT_EQ(start(end_at_once, wrong), 2);
        EXPECT_NE(testing::internal::GetCapturedStderr().find("--help"), std::string::npos);
    }
}

TEST_F(run_main, a_run_that_returns_ends_with_0)
{
    EXPECT_EXIT(std::exit(start(end_at_once, config(""))), ExitedWithCode(0), "\"stopped\"");
}

TEST_F(run_main, a_run_that_throws_is_logged_and_ends_with_1)
{
    EXPECT_EXIT(std::exit(start(run_out, config(""))), ExitedWithCode(1), "no more paper");
}

TEST_F(run_main, a_signal_completes_every_wait_for_the_stop)
{
    EXPECT_EXIT(std::exit(start(stop_by_signal, config(""))), ExitedWithCode(0), "SIGTERM");
}

TEST_F(run_main, offloaded_work_runs_elsewhere_and_its_failure_comes_back)
{
    EXPECT_EXIT(std::exit(start(offload_and_check, config(""))), ExitedWithCode(1), "work failed");
}

TEST_F(run_main, the_memory_of_a_process_is_private)
{
    EXPECT_EXIT(std::exit(start(check_privacy, config(""))), ExitedWithCode(0), "");
    EXPECT_EXIT(
        std::exit(start(check_privacy, config("", {"--allow-debugger"}))),
        ExitedWithCode(1),
        "not private");
}

TEST_F(run_main, an_address_in_use_is_named)
{
    EXPECT_EXIT(
        std::exit(start(listen_twice, config(""))), ExitedWithCode(1), "listening on 127.0.0.1:");
}

TEST_F(run_main, wrong_settings_are_logged_line_by_line_and_end_with_78)
{
    EXPECT_EXIT(
        std::exit(start(end_at_once, config("[gateway]\ncount = 10\n"), true)),
        ExitedWithCode(78),
        "gateway.count: 10 is outside 1 to 9.*\n.*gateway.name: is required");
}

TEST_F(run_main, check_config_names_every_fault_and_starts_nothing)
{
    EXPECT_EXIT(
        std::exit(start(run_out, config("[gateway]\ncount = 10\n", {"--check-config"}), true)),
        ExitedWithCode(78),
        "^gateway.count: 10 is outside 1 to 9\ngateway.name: is required\n$");
    EXPECT_EXIT(
        std::exit(start(run_out, config("[gateway]\nname = \"a\"\n", {"--check-config"}), true)),
        ExitedWithCode(0),
        "");
    EXPECT_EXIT(
        std::exit(start(run_out, {"--config=/nowhere.toml", "--check-config"})),
        ExitedWithCode(78),
        "cannot be read");
}

TEST_F(run_main, log_lines_carry_the_name_that_was_given)
{
    EXPECT_EXIT(
        std::exit(start(run_out, config("", {"--name=gateway-2", "--log-level=error"}))),
        ExitedWithCode(1),
        "^\\{[^\n]*\"process\":\"gateway-2\"[^\n]*\n$");
}

} // namespace
