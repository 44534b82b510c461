#include "bus/chain.hpp"
#include "bus/client.hpp"
#include "bus/connection.hpp"
#include "bus/credit_due.hpp"
#include "bus/protocol.hpp"
#include "service/log.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

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
    /// At most so many further events.
    std::uint64_t wanted() const
    {
        if (!stop_after)
            return limit::events;
        return complete() ? 0 : *stop_after + 1 - cursor.next();
    }
};

/// The events of one packet, as they lie in it.
struct event_packet {
    std::vector<event_view> facts;
    std::vector<chain_link> links;
};

/// False: what follows those that are there now is malformed.
bool decode_events(const std::string& body, event_packet& into)
{
    try {
        octet_reader fields{body};
        const std::uint32_t count = fields.count(limit::events);
        into.facts.reserve(count);
        into.links.reserve(count);
        while (into.facts.size() < count) {
            chain_link link;
            into.facts.push_back(decode_event(fields, link));
            into.links.push_back(link);
        }
        return true;
    } catch (const malformed&) {
        return false;
    }
}

/// Hands over the events of one packet; different_log when they do not continue the chain.
error_code handle_events(const std::string& body, progress& at, const event_visitor& handle)
{
    event_packet packet;
    const bool whole = decode_events(body, packet);
    const std::size_t wanted = std::min<std::uint64_t>(packet.facts.size(), at.wanted());
    const std::span facts = std::span{packet.facts}.first(wanted);
    const std::span links = std::span{packet.links}.first(wanted);
    stored_event fact;
    fact.own = at.cursor.last();
    const std::size_t right = at.cursor.accept(facts, links);
    for (std::size_t each = 0; each < right; ++each) {
        fact.seq = facts[each].seq;
        fact.time = facts[each].time;
        fact.id = facts[each].id;
        fact.type = facts[each].type;
        fact.payload = facts[each].payload;
        fact.prev = std::exchange(fact.own, links[each].own);
        handle(fact);
    }
    const bool wrong = right < wanted || (!whole && !at.complete());
    return wrong ? make_error_code(errc::different_log) : error_code{};
}

std::string credit_of(const progress& at)
{
    return encode(credit_request{at.cursor.next() - 1, window});
}

/// Handles what comes until it is complete, the stream is lost, or the chain broken.
asio::awaitable<error_code> handle_stream(
    connection& link,
    std::uint64_t request,
    event_stream& stream,
    progress& at,
    const event_visitor& handle)
{
    credit_due due{std::chrono::steady_clock::now()};
    while (!at.complete() && !(stream.lost && stream.arrived.empty())) {
        if (stream.arrived.empty()) {
            error_code woken;
            stream.wake.expires_after(credit_due::longest);
            co_await stream.wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
            if (!woken) // ZeroMQ connects again by itself; who has no subscription there hears so
                link.tell(request, verb::credit, credit_of(at));
            continue;
        }
        const std::string events = std::move(stream.arrived.front());
        stream.arrived.pop_front();
        if (const error_code error = handle_events(events, at, handle)) {
            link.log().error("bus.chain_broken", {{"seq", at.cursor.next()}});
            co_return error;
        }
        if (due.after(events.size(), std::chrono::steady_clock::now()))
            link.tell(request, verb::credit, credit_of(at));
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
    if (!said.error) {
        const std::uint64_t before = at.cursor.next();
        const error_code error = co_await handle_stream(link, request, stream, at, handle);
        if (error || at.complete() || at.cursor.next() != before)
            co_return error;
    } // nothing came before it ended: a disk that fails is not asked without a pause
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
