#pragma once

#include "bus/client.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace bus {

/// Keeps a state machine at the log's head: append, apply up to that very event, then ask the state
/// what it rules. Owned by the wiring of a process; `apply` is called in order for every event
/// from 1, or from where it starts.
class follower {
public:
    follower(client& bus, std::function<void(const stored_event&)> apply, service::log& log);

    /// The state has applied everything up to `seq`, whose hash is `last`, by other means.
    /// REQUIRES: nothing was applied yet.
    void start_after(std::uint64_t seq, const bus::hash& last);

    /// Applies until the process stops; ends with errc::different_log when the log is not the one
    /// that was followed, errc::damaged when its next event is not what was written, or
    /// errc::invalid when `apply` threw: the process must survive none of them.
    boost::asio::awaitable<boost::system::error_code> follow();

    std::uint64_t applied() const { return applied_; }
    /// The log was imported: nothing may be appended.
    bool follow_only() const { return bus_.follow_only(); }
    /// Caught up with a head that was read after the call began; error: unavailable,
    /// unknown_outcome.
    boost::asio::awaitable<boost::system::error_code> catch_up();
    /// Waits until `seq` is applied; errc::unknown_outcome after `timeout`.
    boost::asio::awaitable<boost::system::error_code> wait_applied(
        std::uint64_t seq, std::chrono::milliseconds timeout = std::chrono::milliseconds{3000});
    /// Appends, then waits until the last event is applied; the seqs in order.
    boost::asio::awaitable<result<std::vector<std::uint64_t>>> append_and_apply(append_batch batch);
    /// Wakes after at least one more event was applied than `seen`.
    boost::asio::awaitable<void> changed(std::uint64_t seen);

private:
    void apply(const stored_event& fact);
    void wake();
    boost::asio::awaitable<bool> wait_until(
        std::uint64_t seq, boost::asio::steady_timer::time_point deadline);

    client& bus_;
    std::function<void(const stored_event&)> apply_;
    service::log& log_;
    std::multimap<std::uint64_t, boost::asio::steady_timer*> waiting_; ///< for that seq
    std::uint64_t applied_ = 0;
    bus::hash last_{};
};

} // namespace bus
