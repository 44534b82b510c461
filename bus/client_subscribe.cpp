#include "bus/chain.hpp"
#include "bus/client.hpp"
#include "bus/connection.hpp"
#include "bus/protocol.hpp"
#include "service/log.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace bus {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::uint32_t window = limit::window;
constexpr std::chrono::milliseconds pause_before_retry{100};

using event_visitor = std::function<void(const stored_event&)>;

/// Where a subscription stands, across connections.
struct progress {
    chain_cursor cursor;
    std::optional<std::uint64_t> stop_after;

    bool complete() const { return stop_after && cursor.next() > *stop_after; }
};

/// Hands over the events of one packet; different_log when they do not continue the chain.
error_code handle_events(const std::string& body, progress& at, const event_visitor& handle)
{
    octet_reader fields{body};
    stored_event fact;
    for (std::uint32_t left = fields.count(limit::events); left > 0 && !at.complete(); --left) {
        const std::string_view encoded = decode_event(fields, fact);
        if (const error_code error = at.cursor.accept(fact, encoded))
            return error;
        handle(fact);
    }
    return {};
}

error_code handle_safely(const std::string& body, progress& at, const event_visitor& handle)
{
    try {
        return handle_events(body, at, handle);
    } catch (const malformed&) {
        return errc::different_log;
    }
}

/// Handles what comes until it is complete, the stream is lost, or the chain broken.
asio::awaitable<error_code> handle_stream(
    connection& link,
    std::uint64_t request,
    event_stream& stream,
    progress& at,
    const event_visitor& handle)
{
    while (!at.complete() && !(stream.lost && stream.arrived.empty())) {
        if (stream.arrived.empty()) {
            error_code ignored;
            co_await stream.wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            continue;
        }
        const std::string events = std::move(stream.arrived.front());
        stream.arrived.pop_front();
        if (const error_code error = handle_safely(events, at, handle)) {
            link.log().error("bus.chain_broken", {{"seq", at.cursor.next()}});
            co_return error;
        }
        link.tell(request, verb::credit, encode(credit_request{at.cursor.next() - 1, window}));
    }
    if (stream.damaged && !at.complete())
        co_return errc::damaged;
    co_return error_code{};
}

/// Subscribes on the present connection; no error: go on with the next one, if not complete.
asio::awaitable<error_code> subscribe_once(
    connection& link, progress& at, const event_visitor& handle)
{
    event_stream stream{link.executor()};
    const std::uint64_t request = link.new_request();
    link.open_stream(request, stream);
    const std::shared_ptr<void> lease{
        nullptr, [&link, request](void*) { link.forget_stream(request); }};
    std::string body = encode(subscribe_request{at.cursor.next(), at.cursor.last(), window});
    const answer said = co_await link.ask(verb::subscribe, std::move(body), request);
    if (!said.error)
        co_return co_await handle_stream(link, request, stream, at, handle);
    if (said.error == errc::different_log || said.error == errc::damaged ||
        said.error == errc::refused || said.error == errc::invalid)
        co_return said.error;
    error_code ignored;
    stream.wake.expires_after(pause_before_retry);
    co_await stream.wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return error_code{};
}

} // namespace

asio::awaitable<error_code> client::subscribe(
    std::uint64_t from,
    bus::hash known,
    std::function<void(const stored_event&)> handle,
    std::optional<std::uint64_t> stop_after)
{
    const std::shared_ptr<connection> link = connection_;
    progress at{chain_cursor{from, known}, stop_after};
    while (!at.complete()) {
        co_await link->ready();
        if (link->closed())
            co_return errc::unavailable;
        if (const error_code error = co_await subscribe_once(*link, at, handle))
            co_return error;
    }
    co_return error_code{};
}

} // namespace bus
