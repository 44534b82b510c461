#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

/// Lets a test call coroutines one after another, as if they were plain functions; what else runs
/// on the loop goes on meanwhile. Ten seconds without the expected end fail the test.
class test_loop {
public:
    boost::asio::io_context io{1};

    template <class Value>
    Value run(boost::asio::awaitable<Value> work)
    {
        std::optional<Value> result;
        std::exception_ptr failure;
        bool done = false;
        boost::asio::co_spawn(
            io, std::move(work), [&](const std::exception_ptr& thrown, Value value) {
                failure = thrown;
                result = std::move(value);
                done = true;
            });
        wait_for([&done] { return done; });
        if (failure) {
            std::rethrow_exception(failure);
        }
        return std::move(*result);
    }

    void run(boost::asio::awaitable<void> work)
    {
        std::exception_ptr failure;
        bool done = false;
        boost::asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& thrown) {
            failure = thrown;
            done = true;
        });
        wait_for([&done] { return done; });
        if (failure) {
            std::rethrow_exception(failure);
        }
    }

    /// Runs what is ready.
    void settle()
    {
        io.restart();
        io.poll();
    }

    template <class Predicate>
    void wait_for(Predicate happened)
    {
        const auto due = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!happened()) {
            if (std::chrono::steady_clock::now() > due) {
                throw std::runtime_error{"what the test waits for did not happen"};
            }
            io.restart();
            io.run_one_for(std::chrono::milliseconds{50});
        }
    }
};
