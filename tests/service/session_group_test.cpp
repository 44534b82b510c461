#include "service/log.hpp"
#include "service/process_context.hpp"
#include "service/session_group.hpp"
#include "tests/service/test_loop.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <utility>

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

/// What the sessions of a test saw.
struct witness {
    explicit witness(asio::io_context& io) : bell(io, asio::steady_timer::time_point::max()) {}

    asio::steady_timer bell;
    int asked = 0;
    int ended = 0;
};

asio::awaitable<void> until_rung(witness& seen)
{
    boost::system::error_code woken;
    co_await seen.bell.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    ++seen.ended;
}

asio::awaitable<void> fail_at_once()
{
    throw std::runtime_error{"broken\npipe"};
    co_return;
}

/// Counts its end only when it is unwound, which is what cancelling has to achieve.
asio::awaitable<void> ignore_stop(witness& seen)
{
    struct unwound {
        witness& seen;
        ~unwound() { ++seen.ended; }
    } const at_end{seen};
    for (;;) {
        co_await seen.bell.async_wait(asio::use_awaitable);
    }
}

class session_group : public testing::Test {
protected:
    test_loop loop_;
    service::log log_{"test", service::severity::error};
    service::session_group group_{loop_.io.get_executor(), log_};
    witness seen_{loop_.io};
};

TEST_F(session_group, draining_asks_each_session_once_and_waits_for_it)
{
    for (int i = 0; i < 3; ++i) {
        group_.spawn(
            "session",
            [this] { return until_rung(seen_); },
            [this] {
                ++seen_.asked;
                seen_.bell.cancel();
            });
    }
    EXPECT_EQ(group_.size(), 3U);
    loop_.run(group_.drain(5s));
    EXPECT_EQ(seen_.asked, 3);
    EXPECT_EQ(seen_.ended, 3);
    EXPECT_EQ(group_.size(), 0U);
}

TEST_F(session_group, an_empty_group_drains_at_once)
{
    loop_.run(group_.drain(5s));
    EXPECT_EQ(group_.size(), 0U);
}

TEST_F(session_group, a_session_that_does_not_stop_is_cancelled_after_the_patience)
{
    group_.spawn("stubborn", [this] { return ignore_stop(seen_); });
    testing::internal::CaptureStderr();
    loop_.run(group_.drain(1ms));
    testing::internal::GetCapturedStderr();
    EXPECT_EQ(seen_.ended, 1);
    EXPECT_EQ(group_.size(), 0U);
}

/// Counts its end after work that takes until `released` and can't be cancelled.
asio::awaitable<void> work_elsewhere(
    service::context& process, std::shared_future<void> released, witness& seen)
{
    struct unwound {
        witness& seen;
        ~unwound() { ++seen.ended; }
    } const at_end{seen};
    std::function<void()> work = [released] { released.wait(); };
    co_await process.offload(std::move(work));
}

TEST_F(session_group, work_that_cannot_be_cancelled_is_waited_for)
{
    std::promise<void> release;
    service::process_context process{loop_.io, {"test", "test", ""}, log_};
    group_.spawn("working", [this, &process, released = release.get_future().share()] {
        return work_elsewhere(process, released, seen_);
    });
    asio::steady_timer later{loop_.io, 1200ms}; // longer than a cancelled session ever needs
    later.async_wait([&release](const error_code&) { release.set_value(); });
    testing::internal::CaptureStderr();
    loop_.run(group_.drain(1ms));
    testing::internal::GetCapturedStderr();
    EXPECT_EQ(seen_.ended, 1);
    EXPECT_EQ(group_.size(), 0U);
}

TEST_F(session_group, a_drain_whose_caller_is_cancelled_leaves_no_session_behind)
{
    service::session_group outer{loop_.io.get_executor(), log_};
    group_.spawn("inner", [this] { return until_rung(seen_); });
    outer.spawn("outer", [this] { return group_.drain(5s); });
    asio::steady_timer later{loop_.io, 50ms};
    later.async_wait([this](const error_code&) { seen_.bell.cancel(); });
    testing::internal::CaptureStderr();
    loop_.run(outer.drain(1ms));
    testing::internal::GetCapturedStderr();
    EXPECT_EQ(seen_.ended, 1);
}

TEST_F(session_group, a_session_that_never_ends_ends_the_process)
{
    const auto wait_in_vain = [this] {
        std::promise<void> never;
        service::process_context process{loop_.io, {"test", "test", ""}, log_};
        group_.spawn("stuck", [this, &process, released = never.get_future().share()] {
            return work_elsewhere(process, released, seen_);
        });
        loop_.run(group_.drain(1ms, 50ms));
        never.set_value();
    };
    EXPECT_EXIT(wait_in_vain(), testing::ExitedWithCode(EXIT_FAILURE), "sessions.left_over");
}

TEST_F(session_group, a_failure_is_logged_and_ends_nobody_else)
{
    group_.spawn("other", [this] { return until_rung(seen_); });
    testing::internal::CaptureStderr();
    group_.spawn("failing", fail_at_once);
    loop_.wait_for([this] { return group_.size() == 1; });
    const std::string line = testing::internal::GetCapturedStderr();
    EXPECT_NE(line.find(R"("session":"failing","reason":"broken\npipe")"), std::string::npos)
        << line;
    seen_.bell.cancel();
    loop_.wait_for([this] { return group_.size() == 0; });
}

TEST_F(session_group, what_a_session_captures_lives_until_it_ends)
{
    auto owned = std::make_shared<int>(1);
    const std::weak_ptr<int> watched = owned;
    group_.spawn("owner", [this, kept = std::move(owned)] { return until_rung(seen_); });
    loop_.settle();
    EXPECT_FALSE(watched.expired());
    seen_.bell.cancel();
    loop_.wait_for([&watched] { return watched.expired(); });
    EXPECT_EQ(seen_.ended, 1);
}

TEST_F(session_group, a_session_that_comes_while_draining_is_asked_to_stop_too)
{
    group_.spawn(
        "first",
        [this] { return until_rung(seen_); },
        [this] {
            group_.spawn(
                "late",
                [this] { return until_rung(seen_); },
                [this] {
                    ++seen_.asked;
                    seen_.bell.cancel();
                });
        });
    loop_.run(group_.drain(5s));
    EXPECT_EQ(seen_.asked, 1);
    EXPECT_EQ(seen_.ended, 2);
}

TEST_F(session_group, a_group_that_goes_away_cancels_its_sessions)
{
    {
        service::session_group short_lived{loop_.io.get_executor(), log_};
        short_lived.spawn("orphan", [this] { return ignore_stop(seen_); });
    }
    loop_.wait_for([this] { return seen_.ended == 1; });
}

} // namespace
