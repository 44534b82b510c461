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

} // namespace

asio::awaitable<bool> until(asio::awaitable<void> work, asio::awaitable<void> end)
{
    using namespace asio::experimental::awaitable_operators;
    const auto ended = co_await (why_it_failed(std::move(work)) || why_it_failed(std::move(end)));
    if (ended.index() == 0 && std::get<0>(ended))
        std::rethrow_exception(std::get<0>(ended));
    co_return ended.index() == 0;
}

asio::awaitable<bool> until_stopped(asio::awaitable<void> work)
{
    co_return co_await until(std::move(work), stop_signal());
}

asio::awaitable<void> while_read(asio::awaitable<void> work)
{
    co_await until(std::move(work), reader_gone());
}

} // namespace cli
