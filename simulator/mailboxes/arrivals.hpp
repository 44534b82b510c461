#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <set>

namespace simulator {

/// Wakes those who wait for mail. One thread.
class arrivals {
public:
    explicit arrivals(boost::asio::any_io_executor executor) : executor_(executor) {}

    /// Something came in: everybody looks again.
    void announce();
    /// Nobody waits any more, from now on.
    void stop();
    bool stopped() const { return stopped_; }
    /// Until something comes in, at most until `deadline`.
    boost::asio::awaitable<void> wait(std::chrono::steady_clock::time_point deadline);

private:
    boost::asio::any_io_executor executor_;
    std::set<boost::asio::steady_timer*> waiting_;
    bool stopped_ = false;
};

} // namespace simulator
