#include "cli/until_stopped.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <exception>
#include <utility>
#include <variant>

namespace cli {

namespace asio = boost::asio;

namespace {

/// Told as a value: `||` waits for whoever ends well, so that a failure would wait for a signal.
asio::awaitable<std::exception_ptr> why_it_failed(asio::awaitable<void> work)
{
    try {
        co_await std::move(work);
    } catch (...) {
        co_return std::current_exception();
    }
    co_return nullptr;
}

asio::awaitable<void> stop_signal()
{
    asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM);
    co_await signals.async_wait(asio::use_awaitable);
}

} // namespace

asio::awaitable<bool> until_stopped(asio::awaitable<void> work)
{
    using namespace asio::experimental::awaitable_operators;
    const auto ended = co_await (why_it_failed(std::move(work)) || stop_signal());
    const std::exception_ptr* const failed = std::get_if<std::exception_ptr>(&ended);
    if (failed != nullptr && *failed)
        std::rethrow_exception(*failed);
    co_return failed != nullptr;
}

} // namespace cli
