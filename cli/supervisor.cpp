#include "cli/supervisor.hpp"

#include "cli/failure.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <sys/wait.h>
#include <utility>

namespace cli {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// One that ran this long was healthy.
constexpr auto healthy_run = 10s;
constexpr auto stop_poll = 10ms;

} // namespace

std::chrono::milliseconds restart_delay(unsigned deaths_in_a_row)
{
    static constexpr std::array<std::chrono::milliseconds, 7> steps = {
        0ms, 50ms, 100ms, 300ms, 1000ms, 3000ms, 5000ms};
    const std::size_t step = deaths_in_a_row == 0 ? 0 : deaths_in_a_row - 1;
    return steps[std::min(step, steps.size() - 1)];
}

std::string describe(const child_exit& exit)
{
    if (!exit.not_started.empty())
        return exit.not_started;
    if (WIFSIGNALED(exit.status)) {
        const int number = WTERMSIG(exit.status);
        return "killed by signal " + std::to_string(number) + " (" + ::strsignal(number) + ")";
    }
    return "exit code " + std::to_string(WEXITSTATUS(exit.status));
}

supervisor::supervisor(asio::any_io_executor executor)
    : executor_(executor), deaths_(executor, SIGCHLD), timer_(executor)
{
    wait_for_deaths();
}

supervisor::~supervisor()
{
    // Only after a failure: an orderly end has stopped them all.
    for (const child& one : children_) {
        if (one.pid == 0)
            continue;
        ::kill(one.pid, SIGKILL);
        ::waitpid(one.pid, nullptr, 0);
    }
}

void supervisor::on_change(std::function<void(const std::optional<child_exit>&)> changed)
{
    changed_ = std::move(changed);
}

void supervisor::start(child_program program)
{
    child& added = children_.emplace_back();
    added.program = std::move(program);
    run(added);
}

void supervisor::restart_the_dead(bool yes)
{
    restart_ = yes;
    for (child& one : children_)
        if (yes && one.pid == 0 && !one.due)
            one.due = clock::now() + restart_delay(one.deaths_in_a_row);
    wake_when_due();
}

void supervisor::start_missing()
{
    for (child& one : children_)
        if (one.pid == 0)
            one.due = clock::now();
    start_due();
}

std::map<std::string, pid_t> supervisor::pids() const
{
    std::map<std::string, pid_t> found;
    for (const child& one : children_)
        if (one.pid != 0 || one.due)
            found.emplace(one.program.name, one.last_pid);
    return found;
}

void supervisor::run(child& one)
{
    one.due.reset();
    one.started = clock::now();
    one.pid = start_child(one.program);
    one.last_pid = one.pid;
}

void supervisor::wait_for_deaths()
{
    deaths_.async_wait([this](const boost::system::error_code& error, int) {
        if (error)
            return;
        wait_for_deaths();
        reap();
    });
}

void supervisor::reap()
{
    // Several deaths may be told by one signal; and only our own children are ours to wait for.
    for (child& one : children_) {
        int status = 0;
        if (one.pid != 0 && ::waitpid(one.pid, &status, WNOHANG) == one.pid)
            died(one, {.name = one.program.name, .status = status});
    }
    wake_when_due();
}

void supervisor::died(child& one, child_exit how)
{
    one.pid = 0;
    one.deaths_in_a_row = clock::now() - one.started > healthy_run ? 1 : one.deaths_in_a_row + 1;
    if (!first_death_)
        first_death_ = how;
    if (stopping_)
        return;
    how.deaths_in_a_row = one.deaths_in_a_row;
    if (restart_ || one.due) {
        how.again_in = restart_delay(one.deaths_in_a_row);
        one.due = clock::now() + *how.again_in;
    }
    if (changed_)
        changed_(how);
}

void supervisor::start_due()
{
    for (child& one : children_)
        if (one.pid == 0 && one.due && *one.due <= clock::now())
            start_again(one);
    wake_when_due();
}

void supervisor::start_again(child& one)
{
    std::string trouble;
    try {
        run(one);
    } catch (const failure& refused) {
        trouble = refused.what(); // out of processes or descriptors: that may pass
    }
    if (!trouble.empty()) {
        one.due = clock::now(); // it was asked for, whether or not the dead are started again
        died(one, {.name = one.program.name, .not_started = trouble});
    } else if (changed_) {
        changed_(std::nullopt);
    }
}

void supervisor::wake_when_due()
{
    std::optional<clock::time_point> next;
    for (const child& one : children_)
        if (one.due && (!next || *one.due < *next))
            next = one.due;
    if (!next || stopping_)
        return;
    timer_.expires_at(*next);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !stopping_)
            start_due();
    });
}

asio::awaitable<void> supervisor::stop(std::string_view last, std::chrono::milliseconds patience)
{
    stopping_ = true;
    timer_.cancel();
    std::vector<child*> first;
    std::vector<child*> final;
    for (child& one : children_) {
        one.due.reset();
        (one.program.name == last ? final : first).push_back(&one);
    }
    co_await stop_those(std::move(first), patience);
    co_await stop_those(std::move(final), patience);
    deaths_.cancel();
}

asio::awaitable<void> supervisor::stop_those(
    std::vector<child*> some, std::chrono::milliseconds patience)
{
    for (const child* one : some) {
        if (one->pid == 0)
            continue;
        ::kill(one->pid, SIGTERM);
        ::kill(one->pid, SIGCONT); // a stopped one takes SIGTERM only when it goes on
    }
    const auto deadline = clock::now() + patience;
    bool killed = false;
    asio::steady_timer pause(executor_);
    while (std::any_of(some.begin(), some.end(), [](const child* one) { return one->pid != 0; })) {
        if (!killed && clock::now() > deadline) {
            killed = true;
            for (const child* one : some)
                if (one->pid != 0)
                    ::kill(one->pid, SIGKILL);
        }
        boost::system::error_code error;
        pause.expires_after(stop_poll);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        reap();
    }
}

} // namespace cli
