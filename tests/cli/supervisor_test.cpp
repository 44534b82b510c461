#include "cli/durable_file.hpp"
#include "cli/failure.hpp"
#include "cli/listening_socket.hpp"
#include "cli/run_to_end.hpp"
#include "cli/supervisor.hpp"
#include "temporary_folder.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Looks until it is so; a story that hangs fails.
asio::awaitable<void> until(std::function<bool()> condition)
{
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("it did not come true");
        timer.expires_after(1ms);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

using story = std::function<asio::awaitable<void>(cli::supervisor&)>;

asio::awaitable<int> scene(const story& told)
{
    cli::supervisor children(co_await asio::this_coro::executor);
    co_await told(children);
    co_await children.stop("last", 5s);
    EXPECT_TRUE(children.pids().empty());
    co_return 0;
}

void play(const story& told)
{
    cli::run_to_end([&told] { return scene(told); });
}

class supervised : public testing::Test {
protected:
    /// A child that runs a line of shell.
    cli::child_program shell(const std::string& name, const std::string& line) const
    {
        return {name, "/bin/sh", {"-c", line}, log_of(name), {}};
    }
    std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }
    std::filesystem::path log_of(const std::string& name) const { return file(name + ".log"); }

    cli_test::temporary_folder folder_;
};

asio::awaitable<void> see_it_die(
    cli::supervisor& children, cli::child_program program, std::string how)
{
    children.start(std::move(program));
    co_await until([&children] { return children.first_death().has_value(); });
    EXPECT_EQ(cli::describe(*children.first_death()), how);
    EXPECT_TRUE(children.pids().empty());
}

TEST_F(supervised, a_death_while_starting_is_seen_with_its_last_words)
{
    const auto wrong = shell("wrong", "echo one; echo two >&2; echo three; exit 78");
    play([&](cli::supervisor& children) { return see_it_die(children, wrong, "exit code 78"); });
    EXPECT_EQ(cli::last_lines(log_of("wrong"), 2), "two\nthree\n");
    EXPECT_EQ(cli::last_lines(log_of("nobody"), 2), "");
}

asio::awaitable<void> die_twice(
    cli::supervisor& children, cli::child_program program, std::filesystem::path third)
{
    int deaths = 0;
    children.on_change(
        [&deaths](const std::optional<cli::child_exit>& death) { deaths += death ? 1 : 0; });
    children.restart_the_dead(true);
    children.start(std::move(program));
    const pid_t first = children.pids().at("mortal");
    co_await until([&third] { return std::filesystem::exists(third); });
    EXPECT_EQ(deaths, 2);
    EXPECT_NE(children.pids().at("mortal"), first);
    children.on_change({});
}

TEST_F(supervised, the_dead_are_started_again)
{
    const auto mortal = shell(
        "mortal",
        "echo x >> " + file("lives").string() + "; [ $(wc -l < " + file("lives").string() +
            ") -gt 2 ] || exit 1; echo > " + file("third").string() + "; exec sleep 1000");
    play([&](cli::supervisor& children) { return die_twice(children, mortal, file("third")); });
    EXPECT_EQ(cli::read_whole(file("lives")), "x\nx\nx\n");
}

asio::awaitable<void> stay_dead(cli::supervisor& children, cli::child_program program)
{
    children.start(std::move(program));
    ::kill(children.pids().at("mortal"), SIGKILL);
    co_await until([&children] { return children.first_death().has_value(); });
    EXPECT_EQ(cli::describe(*children.first_death()), "killed by signal 9 (Killed)");
    EXPECT_TRUE(children.pids().empty());
    children.start_missing();
    EXPECT_EQ(children.pids().size(), 1u);
}

TEST_F(supervised, without_restart_the_dead_stay_dead_until_asked_for)
{
    const auto mortal = shell("mortal", "exec sleep 1000");
    play([&](cli::supervisor& children) { return stay_dead(children, mortal); });
}

asio::awaitable<void> come_back(
    cli::supervisor& children, cli::child_program program, std::filesystem::path second)
{
    children.start(std::move(program));
    co_await until([&children] { return children.first_death().has_value(); });
    children.restart_the_dead(true);
    co_await until([&second] { return std::filesystem::exists(second); });
}

TEST_F(supervised, who_died_before_restarts_began_is_started_again_too)
{
    const auto mortal = shell(
        "mortal",
        "echo x >> " + file("lives").string() + "; [ $(wc -l < " + file("lives").string() +
            ") -gt 1 ] || exit 1; echo > " + file("second").string() + "; exec sleep 1000");
    play([&](cli::supervisor& children) { return come_back(children, mortal, file("second")); });
}

asio::awaitable<void> keep_dying(
    cli::supervisor& children, cli::child_program program, std::vector<cli::child_exit>& deaths)
{
    children.on_change([&deaths](const std::optional<cli::child_exit>& death) {
        if (death)
            deaths.push_back(*death);
    });
    children.restart_the_dead(true);
    children.start(std::move(program));
    co_await until([&deaths] { return deaths.size() >= 4; });
    children.on_change({});
}

TEST_F(supervised, one_that_keeps_dying_waits_longer_each_time)
{
    std::vector<cli::child_exit> deaths;
    const auto mortal = shell("mortal", "exit 1");
    play([&](cli::supervisor& children) { return keep_dying(children, mortal, deaths); });
    for (unsigned count = 1; count <= 4; ++count) {
        const cli::child_exit& death = deaths.at(count - 1);
        EXPECT_EQ(death.deaths_in_a_row, count);
        EXPECT_EQ(death.again_in, cli::restart_delay(count));
    }
}

bool runs(pid_t child, const std::filesystem::path& executable)
{
    std::error_code not_yet;
    return std::filesystem::read_symlink("/proc/" + std::to_string(child) + "/exe", not_yet) ==
           executable;
}

asio::awaitable<void> lose_the_program(
    cli::supervisor& children, cli::child_program program, std::vector<cli::child_exit>& deaths)
{
    const std::filesystem::path hidden = program.executable.string() + ".hidden";
    bool started = false;
    children.on_change([&](const std::optional<cli::child_exit>& death) {
        if (death)
            deaths.push_back(*death);
        else
            started = true;
    });
    children.restart_the_dead(true);
    children.start(program);
    const pid_t child = children.pids().at("lost");
    co_await until([&] { return runs(child, program.executable); });
    std::filesystem::rename(program.executable, hidden);
    ::kill(child, SIGKILL);
    co_await until([&deaths] { return deaths.size() >= 2; });
    std::filesystem::rename(hidden, program.executable);
    co_await until([&started] { return started; });
    children.on_change({});
}

TEST_F(supervised, one_that_cannot_be_started_again_is_tried_until_it_can)
{
    std::vector<cli::child_exit> deaths;
    std::filesystem::copy_file("/bin/sleep", file("sleep"));
    const cli::child_program lost{"lost", file("sleep"), {"1000"}, log_of("lost"), {}};
    play([&](cli::supervisor& children) { return lose_the_program(children, lost, deaths); });
    EXPECT_EQ(cli::describe(deaths.at(0)), "killed by signal 9 (Killed)");
    EXPECT_EQ(cli::describe(deaths.at(1)).find("cannot run " + file("sleep").string()), 0u);
    EXPECT_TRUE(deaths.at(1).again_in);
}

asio::awaitable<void> start_both(
    cli::supervisor& children,
    std::vector<cli::child_program> programs,
    std::function<bool()> ready)
{
    for (cli::child_program& program : programs)
        children.start(std::move(program));
    co_await until(std::move(ready));
}

TEST_F(supervised, the_last_is_stopped_after_all_others)
{
    // Each says when its trap is set, and when it was asked to stop.
    const auto program = [this](const std::string& name) {
        return shell(
            name,
            "trap 'echo " + name + " >> " + file("order").string() + "; exit 0' TERM; echo > " +
                file(name).string() + "; while :; do sleep 0.01; done");
    };
    const std::vector<cli::child_program> both = {program("last"), program("first")};
    const auto ready = [this] {
        return std::filesystem::exists(file("first")) && std::filesystem::exists(file("last"));
    };
    play([&](cli::supervisor& children) { return start_both(children, both, ready); });
    EXPECT_EQ(cli::read_whole(file("order")), "first\nlast\n");
}

asio::awaitable<void> hang(
    cli::supervisor& children, cli::child_program program, std::filesystem::path ready)
{
    children.start(std::move(program));
    co_await until([&ready] { return std::filesystem::exists(ready); });
    ::kill(children.pids().at("stubborn"), SIGSTOP);
    co_await children.stop("", 50ms);
    EXPECT_TRUE(children.pids().empty());
}

TEST_F(supervised, one_that_does_not_want_to_stop_is_killed)
{
    const auto stubborn = shell(
        "stubborn",
        "trap '' TERM; echo > " + file("ready").string() + "; while :; do sleep 0.01; done");
    play([&](cli::supervisor& children) { return hang(children, stubborn, file("ready")); });
}

TEST_F(supervised, sockets_are_handed_down_as_systemd_does)
{
    const cli::listening_socket one("smtp", 0, "--smtp-port");
    const cli::listening_socket two("gateway-health", 0, "--state");
    cli::child_program heir = shell(
        "heir",
        "echo $LISTEN_FDS $LISTEN_FDNAMES; [ $LISTEN_PID = $$ ] && echo mine; "
        "[ -S /proc/self/fd/3 ] && [ -S /proc/self/fd/4 ] && echo both; exit 78");
    heir.sockets = {{"smtp", one.descriptor()}, {"gateway-health", two.descriptor()}};
    play([&](cli::supervisor& children) { return see_it_die(children, heir, "exit code 78"); });
    EXPECT_EQ(cli::read_whole(log_of("heir")), "2 smtp:gateway-health\nmine\nboth\n");
}

TEST_F(supervised, a_child_runs_in_a_group_of_its_own_and_dies_with_us)
{
    const auto child = shell("child", "cut -d' ' -f5 /proc/$$/stat; echo $$; exit 78");
    play([&](cli::supervisor& children) { return see_it_die(children, child, "exit code 78"); });
    const std::string text = cli::read_whole(log_of("child"));
    const std::size_t line = text.find('\n') + 1;
    EXPECT_EQ(text.substr(0, line), text.substr(line)) << text;
}

TEST_F(supervised, a_missing_executable_is_named)
{
    cli::child_program program{"ghost", folder_.path() / "sealpost-ghost", {}, log_of("ghost"), {}};
    try {
        cli::start_child(program);
        FAIL();
    } catch (const cli::failure& missing) {
        EXPECT_NE(std::string(missing.what()).find("sealpost-ghost"), std::string::npos);
    }
}

TEST(listening_socket, a_taken_port_is_refused_with_the_option_to_change_it)
{
    const cli::listening_socket first("smtp", 0, "--smtp-port");
    const std::string address = first.address();
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1)));
    try {
        const cli::listening_socket second("smtp", port, "--smtp-port");
        FAIL();
    } catch (const cli::failure& taken) {
        EXPECT_NE(std::string(taken.what()).find(address), std::string::npos);
        EXPECT_NE(std::string(taken.what()).find("--smtp-port"), std::string::npos);
    }
}

TEST(restart_delay, grows_and_stops_growing)
{
    EXPECT_EQ(cli::restart_delay(1), 0ms);
    EXPECT_EQ(cli::restart_delay(2), 50ms);
    for (unsigned deaths = 1; deaths < 20; ++deaths)
        EXPECT_LE(cli::restart_delay(deaths), cli::restart_delay(deaths + 1));
    EXPECT_EQ(cli::restart_delay(1000), 5000ms);
}

} // namespace
