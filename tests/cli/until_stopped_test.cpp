#include "cli/run_to_end.hpp"
#include "cli/until_stopped.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <csignal>
#include <stdexcept>

namespace {

namespace asio = boost::asio;

/// Says when what a piece of work holds was let go of.
struct held {
    bool& let_go;
    ~held() { let_go = true; }
};

asio::awaitable<void> wait_for_ever(bool& let_go)
{
    const held something{let_go};
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    // Twice round the loop: by then the signals are waited for.
    asio::post(executor, [executor] { asio::post(executor, [] { ::raise(SIGINT); }); });
    asio::steady_timer never(executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
}

asio::awaitable<void> never_ending(bool& let_go)
{
    const held something{let_go};
    asio::steady_timer never(
        co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
}

asio::awaitable<void> fail_at_once()
{
    throw std::runtime_error("the disk is full");
    co_return;
}

asio::awaitable<int> one_if_whole(asio::awaitable<void> work)
{
    co_return co_await cli::until_stopped(std::move(work)) ? 1 : 0;
}

asio::awaitable<void> nothing()
{
    co_return;
}

TEST(until_stopped, lets_go_of_what_the_work_holds_when_it_is_stopped)
{
    bool let_go = false;
    EXPECT_EQ(cli::run_to_end([&] { return one_if_whole(wait_for_ever(let_go)); }), 0);
    EXPECT_TRUE(let_go);
}

TEST(until, the_end_has_come_lets_go_of_the_work)
{
    bool let_go = false;
    const auto both = [&]() -> asio::awaitable<int> {
        co_return co_await cli::until(never_ending(let_go), nothing()) ? 1 : 0;
    };
    EXPECT_EQ(cli::run_to_end(both), 0);
    EXPECT_TRUE(let_go);
}

TEST(until_stopped, tells_a_failure_and_an_end_at_once)
{
    EXPECT_THROW(cli::run_to_end([] { return one_if_whole(fail_at_once()); }), std::runtime_error);
    EXPECT_EQ(cli::run_to_end([] { return one_if_whole(nothing()); }), 1);
}

} // namespace
