#include "bus/follower.hpp"

#include "service/log.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace bus {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// What `apply` threw; kept apart from what goes wrong on the way to it.
struct apply_failed {
    std::uint64_t seq;
    std::string reason;
};

} // namespace

follower::follower(client& bus, std::function<void(const stored_event&)> apply, service::log& log)
    : bus_(bus), apply_(std::move(apply)), log_(log)
{}

void follower::start_after(std::uint64_t seq, const bus::hash& last)
{
    applied_ = seq;
    last_ = last;
    wake();
}

asio::awaitable<error_code> follower::follow()
{
    std::optional<apply_failed> failed;
    error_code ended;
    try {
        const auto handle = [this](const stored_event& fact) { apply(fact); };
        ended = co_await bus_.subscribe(applied_ + 1, last_, handle);
    } catch (const apply_failed& failure) {
        failed = failure;
    }
    if (failed) {
        log_.error("bus.apply_failed", {{"seq", failed->seq}, {"reason", failed->reason}});
        co_return errc::invalid;
    }
    const auto level =
        ended == errc::unavailable ? service::severity::info : service::severity::error;
    log_.write(level, "", "bus.follow_ended", {{"seq", applied_}, {"reason", ended.message()}});
    co_return ended;
}

void follower::apply(const stored_event& fact)
{
    try {
        apply_(fact);
    } catch (const std::exception& failure) {
        throw apply_failed{fact.seq, failure.what()};
    }
    applied_ = fact.seq;
    last_ = fact.own;
    wake();
}

void follower::wake()
{
    for (auto at = waiting_.begin(); at != waiting_.end() && at->first <= applied_; ++at)
        at->second->cancel();
}

asio::awaitable<bool> follower::wait_until(
    std::uint64_t seq, asio::steady_timer::time_point deadline)
{
    asio::steady_timer timer{co_await asio::this_coro::executor, deadline};
    const auto place = waiting_.emplace(seq, &timer);
    const std::shared_ptr<void> leave{nullptr, [this, place](void*) { waiting_.erase(place); }};
    while (applied_ < seq && asio::steady_timer::clock_type::now() < deadline) {
        error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return applied_ >= seq;
}

asio::awaitable<error_code> follower::catch_up()
{
    const result<bus::head> newest = co_await bus_.head();
    if (newest.error)
        co_return newest.error;
    co_return co_await wait_applied(newest.value.seq);
}

asio::awaitable<error_code> follower::wait_applied(
    std::uint64_t seq, std::chrono::milliseconds timeout)
{
    const auto deadline = asio::steady_timer::clock_type::now() + timeout;
    if (co_await wait_until(seq, deadline))
        co_return error_code{};
    co_return errc::unknown_outcome;
}

asio::awaitable<result<std::vector<std::uint64_t>>> follower::append_and_apply(append_batch batch)
{
    result<std::vector<std::uint64_t>> appended = co_await bus_.append(std::move(batch));
    if (appended.error || appended.value.empty())
        co_return appended;
    const auto last = *std::max_element(appended.value.begin(), appended.value.end());
    appended.error = co_await wait_applied(last);
    if (appended.error)
        appended.value.clear();
    co_return appended;
}

asio::awaitable<void> follower::changed(std::uint64_t seen)
{
    co_await wait_until(seen + 1, asio::steady_timer::time_point::max());
}

} // namespace bus
