#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string_view>

namespace service {

class log;

/// Owns the coroutines of a process's sessions, so that none is detached: failures are logged at
/// the one spawn edge, and stopping is code that can be read. All on one thread.
class session_group {
public:
    session_group(boost::asio::any_io_executor executor, service::log& log);
    ~session_group();

    /// `stop` (may be empty) is called once by drain(): asks the session to end soon.
    void spawn(
        std::string_view name,
        std::function<boost::asio::awaitable<void>()> session,
        std::function<void()> stop = {});
    std::size_t size() const;

    /// Asks every session to stop, waits for them, and cancels what is left after `patience`. When
    /// it returns every session has unwound, so that what they use may go: work on the thread pool
    /// is waited for, also when whoever waits here is cancelled. One that has not even unwound
    /// `unwinding` later ends the process.
    boost::asio::awaitable<void> drain(
        std::chrono::milliseconds patience,
        std::chrono::milliseconds unwinding = std::chrono::seconds{10});

private:
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace service
