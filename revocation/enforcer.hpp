#pragma once

#include "mail/events.hpp"
#include "revocation/enforcement.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace bus {
class follower;
}
namespace service {
class log;
}

namespace revocation {

boot_time boot_now();

struct applied_log;

/// Brings every revoke of the log in force and puts that on record: those of requests, and at start
/// those that an earlier process left. It works on its own, so a caller that hangs up stops
/// nothing.
class enforcer {
public:
    enforcer(
        boost::asio::any_io_executor executor,
        const applied_log& applied,
        enforcement& grants,
        bus::follower& follower,
        service::log& log);

    /// Until stop(). Begins with waiting until the log's head is applied.
    boost::asio::awaitable<void> run();
    void stop();
    /// The head of the log was applied once.
    bool caught_up() const { return caught_up_; }

    /// One more event was applied.
    void wake();

    /// Completes once all these revokes are in force and that is on record; false: not within
    /// `patience`.
    boost::asio::awaitable<bool> in_force(
        std::vector<std::uint64_t> revokes, std::chrono::milliseconds patience);

private:
    struct step {
        std::optional<std::uint64_t> in_force; ///< this revoke is, and it is to be recorded
        std::optional<boot_time> look_again;   ///< nullopt: only when something was applied
    };
    step next_step();
    void prepare(std::uint64_t revoke, boot_time now);
    boost::asio::awaitable<void> record(std::uint64_t revoke);
    boost::asio::awaitable<void> catch_up();
    boost::asio::awaitable<void> rest(std::chrono::nanoseconds most);

    const applied_log& applied_;
    enforcement& grants_;
    bus::follower& follower_;
    service::log& log_;
    boost::asio::steady_timer wake_;
    bool stopping_ = false;
    bool caught_up_ = false;
    std::map<std::uint64_t, std::uint64_t> grants_to_end_; ///< by revoke, as first seen
    std::map<std::uint64_t, mail::event> prepared_;        ///< a repeated append is the same event
    std::set<boost::asio::steady_timer*> waiting_;
};

} // namespace revocation
