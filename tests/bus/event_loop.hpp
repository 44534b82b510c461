#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <stdexcept>

namespace bus::test {

/// What a test runs on: on its own thread, until something is so.
class event_loop {
public:
    /// Throws when it takes too long.
    template <class Condition>
    void run_until(Condition condition)
    {
        const auto busy = boost::asio::make_work_guard(io); // others may bring it work
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline)
                throw std::runtime_error("waited too long");
            io.restart();
            io.run_one_for(std::chrono::milliseconds{100});
        }
    }

    boost::asio::io_context io{1};
};

} // namespace bus::test
