#include "service/connection.hpp"
#include "service/deadline.hpp"
#include "service/host_and_port.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace service {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

using time_point = std::chrono::steady_clock::time_point;

namespace {

/// A look-up in the system's resolver, which can't be interrupted: it may outlive who asked.
struct look_up {
    explicit look_up(const asio::any_io_executor& executor) : resolver(executor), answered(executor)
    {}

    tcp::resolver resolver;
    asio::steady_timer answered; ///< cancelled when the answer is there
    error_code error = asio::error::timed_out;
    tcp::resolver::results_type found;
};

asio::awaitable<tcp::resolver::results_type> look_up_name(
    host_and_port peer, time_point due, error_code& error)
{
    const auto asked = std::make_shared<look_up>(co_await asio::this_coro::executor);
    asked->answered.expires_at(due);
    const auto take = [asked](const error_code& failure, tcp::resolver::results_type found) {
        asked->error = failure;
        asked->found = std::move(found);
        asked->answered.cancel();
    };
    asked->resolver.async_resolve(peer.host, std::to_string(peer.port), take);
    error_code woken;
    co_await asked->answered.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    error = asked->error;
    co_return asked->found;
}

asio::awaitable<std::vector<tcp::endpoint>> endpoints_of(
    host_and_port peer, time_point due, error_code& error)
{
    std::vector<tcp::endpoint> endpoints;
    error_code not_numeric;
    const auto address = asio::ip::make_address(peer.host, not_numeric);
    if (!not_numeric) {
        endpoints.emplace_back(address, peer.port);
        co_return endpoints;
    }
    const auto found = co_await look_up_name(std::move(peer), due, error);
    for (const auto& one : found) {
        endpoints.push_back(one.endpoint());
    }
    co_return endpoints;
}

asio::awaitable<tcp::socket> connect_to_first(
    std::vector<tcp::endpoint> endpoints, asio::cancellation_slot slot, error_code& error)
{
    const auto executor = co_await asio::this_coro::executor;
    error = asio::error::host_not_found;
    for (const tcp::endpoint& endpoint : endpoints) {
        tcp::socket socket{executor};
        auto token =
            asio::redirect_error(asio::bind_cancellation_slot(slot, asio::use_awaitable), error);
        co_await socket.async_connect(endpoint, token);
        if (!error || error == asio::error::operation_aborted) {
            co_return socket;
        }
    }
    co_return tcp::socket{executor};
}

} // namespace

asio::awaitable<std::unique_ptr<connection>> connect(
    const std::string& host_and_port, error_code& error, std::chrono::milliseconds allowed)
{
    error = {};
    const std::optional<service::host_and_port> peer = parse_host_and_port(host_and_port);
    if (!peer) {
        error = asio::error::invalid_argument;
        co_return nullptr;
    }
    const auto due = std::chrono::steady_clock::now() + allowed;
    std::vector<tcp::endpoint> endpoints = co_await endpoints_of(*peer, due, error);
    if (error) {
        co_return nullptr;
    }
    // A coroutine that is cancelled now waits for the deadline at most, and throws at its next
    // step.
    deadline watch{co_await asio::this_coro::executor};
    watch.start(deadline::reading, [due] { return due; });
    const asio::cancellation_slot slot = watch.slot(deadline::reading);
    tcp::socket socket = co_await connect_to_first(std::move(endpoints), slot, error);
    if (watch.finish(deadline::reading) && error) {
        error = asio::error::timed_out;
    }
    co_return error ? nullptr : make_connection(std::move(socket));
}

} // namespace service
