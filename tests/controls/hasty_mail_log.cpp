#include "gateway/mail_log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <utility>

/// A log that says "on disk" of accepted mail and writes it a little later: linked into a gateway
/// before the real one, it must be caught by tests/conversations/kill_rounds_test.py. Never part of
/// a product build.
namespace gateway {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

asio::awaitable<void> append_later(bus::client& bus, bus::append_batch batch)
{
    asio::steady_timer timer{co_await asio::this_coro::executor, std::chrono::seconds{1}};
    error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (!cancelled) {
        co_await bus.append(std::move(batch));
    }
}

} // namespace

asio::awaitable<error_code> bus_mail_log::append(bus::append_batch batch)
{
    if (batch.contents.empty()) {
        const auto appended = co_await bus_.append(std::move(batch));
        co_return appended.error;
    }
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    asio::co_spawn(
        executor, append_later(bus_, std::move(batch)), [](const std::exception_ptr&) {});
    co_return error_code{};
}

} // namespace gateway
