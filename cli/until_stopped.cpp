#include "cli/until_stopped.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <exception>
#include <poll.h>
#include <unistd.h>
#include <utility>
#include <variant>

namespace cli {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds between_looks{250};

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

/// Asked again and again: to wait for a stream, Asio would make it non-blocking, for all that share
/// it, and a print that has to wait would fail.
asio::awaitable<void> reader_gone()
{
    asio::steady_timer pause(co_await asio::this_coro::executor);
    pollfd output{STDOUT_FILENO, 0, 0};
    while (::poll(&output, 1, 0) <= 0) {
        pause.expires_after(between_looks);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

bool came_to_its_end(const std::variant<std::exception_ptr, std::monostate>& ended)
{
    const std::exception_ptr* const failed = std::get_if<std::exception_ptr>(&ended);
    if (failed != nullptr && *failed)
        std::rethrow_exception(*failed);
    return failed != nullptr;
}

} // namespace

asio::awaitable<bool> until_stopped(asio::awaitable<void> work)
{
    using namespace asio::experimental::awaitable_operators;
    const auto ended = co_await (why_it_failed(std::move(work)) || stop_signal());
    co_return came_to_its_end(ended);
}

asio::awaitable<void> while_read(asio::awaitable<void> work)
{
    using namespace asio::experimental::awaitable_operators;
    came_to_its_end(co_await (why_it_failed(std::move(work)) || reader_gone()));
}

} // namespace cli
