#include "cli/run_to_end.hpp"
#include "cli/stop_request.hpp"
#include "temporary_folder.hpp"

#include <boost/asio/this_coro.hpp>
#include <gtest/gtest.h>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace asio = boost::asio;

asio::awaitable<int> stop_at(int signal)
{
    cli::stop_request stop(co_await asio::this_coro::executor);
    EXPECT_FALSE(stop.requested());
    ::kill(::getpid(), signal);
    co_await stop.wait();
    EXPECT_TRUE(stop.requested());
    co_return 0;
}

TEST(stop_request, comes_with_each_of_the_signals)
{
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        cli::run_to_end([signal] { return stop_at(signal); });
}

/// Says that it watches, then waits; for a process of its own.
asio::awaitable<int> wait_for_the_end(int ready)
{
    cli::stop_request stop(co_await asio::this_coro::executor);
    if (::write(ready, "r", 1) != 1)
        co_return 1;
    co_await stop.wait();
    co_return 0;
}

TEST(stop_request, comes_with_the_death_of_the_parent)
{
    int ready[2];
    int over[2];
    ASSERT_EQ(::pipe(ready), 0);
    ASSERT_EQ(::pipe(over), 0);
    const pid_t parent = ::fork();
    if (parent == 0) {
        if (::fork() == 0) {
            const int code = cli::run_to_end([&] { return wait_for_the_end(ready[1]); });
            const bool told = ::write(over[1], code == 0 ? "o" : "x", 1) == 1;
            ::_exit(told ? 0 : 1);
        }
        ::pause();
        ::_exit(0);
    }
    char said = 0;
    ASSERT_EQ(::read(ready[0], &said, 1), 1);
    ::kill(parent, SIGKILL);
    ::waitpid(parent, nullptr, 0);
    ASSERT_EQ(::read(over[0], &said, 1), 1);
    EXPECT_EQ(said, 'o');
}

} // namespace
