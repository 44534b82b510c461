#include "service/connection.hpp"
#include "service/deadline.hpp"
#include "service/host_and_port.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>
#include <vector>

namespace service {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

asio::awaitable<std::vector<tcp::endpoint>> endpoints_of(
    host_and_port peer, asio::cancellation_slot slot, error_code& error)
{
    std::vector<tcp::endpoint> endpoints;
    error_code not_numeric;
    const auto address = asio::ip::make_address(peer.host, not_numeric);
    if (!not_numeric) {
        endpoints.emplace_back(address, peer.port);
        co_return endpoints;
    }
    tcp::resolver resolver{co_await asio::this_coro::executor};
    auto token =
        asio::redirect_error(asio::bind_cancellation_slot(slot, asio::use_awaitable), error);
    const std::string port = std::to_string(peer.port);
    const auto found = co_await resolver.async_resolve(peer.host, port, token);
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
    // A cancelled coroutine throws at its next step; one that is cancelled now waits for the
    // deadline at most.
    deadline watch{co_await asio::this_coro::executor};
    const auto due = std::chrono::steady_clock::now() + allowed;
    watch.start(deadline::reading, [due] { return due; });
    const asio::cancellation_slot slot = watch.slot(deadline::reading);
    std::vector<tcp::endpoint> endpoints = co_await endpoints_of(*peer, slot, error);
    if (error) {
        co_return nullptr;
    }
    tcp::socket socket = co_await connect_to_first(std::move(endpoints), slot, error);
    if (watch.finish(deadline::reading) && error) {
        error = asio::error::timed_out;
    }
    co_return error ? nullptr : make_connection(std::move(socket));
}

} // namespace service
