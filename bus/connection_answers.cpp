#include "bus/connection.hpp"
#include "service/log.hpp"

#include <string_view>
#include <utility>

/// What a connection does with what the broker says.
namespace bus {
using boost::system::error_code;

namespace {

error_code meaning(wire_error code)
{
    switch (code) {
    case wire_error::stale:
    case wire_error::late:
        return errc::unavailable;
    case wire_error::refused:
        return errc::refused;
    case wire_error::conflict:
        return errc::conflict;
    case wire_error::not_found:
        return errc::not_found;
    case wire_error::different_log:
        return errc::different_log;
    case wire_error::disk:
        return errc::disk;
    case wire_error::follow_only:
        return errc::follow_only;
    case wire_error::damaged:
        return errc::damaged;
    case wire_error::invalid:
        break;
    }
    return errc::invalid;
}

std::string hexadecimal(std::string_view octets)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char octet : octets) {
        text += digits[static_cast<std::uint8_t>(octet) >> 4U];
        text += digits[static_cast<std::uint8_t>(octet) & 15U];
    }
    return text;
}

std::string log_id_of(const broker_id& broker)
{
    return hexadecimal({reinterpret_cast<const char*>(broker.data()), broker.size() / 2});
}

} // namespace

void connection::take(packet parcel)
{
    try {
        if (state_ == state::greeting)
            take_greeting(parcel);
        else if (parcel.broker != broker_)
            return; // of a life before
        else if (parcel.verb == verb::ok || parcel.verb == verb::error)
            take_answer(std::move(parcel));
        else if (parcel.verb == verb::end)
            take_end(parcel);
        else if (const auto found = streams_.find(parcel.request);
                 parcel.verb == verb::events && found != streams_.end()) {
            found->second->arrived.push_back(std::move(parcel.body));
            found->second->wake.cancel();
        }
    } catch (const malformed& fault) {
        log_.error("bus.malformed", {{"reason", fault.what()}});
        start_over();
    }
}

void connection::take_greeting(const packet& parcel)
{
    if (parcel.request != hello_request_)
        return;
    if (parcel.verb != verb::ok) {
        const refusal why = decode_refusal(parcel.body);
        log_.error("bus.hello_refused", {{"reason", why.text}});
        return start_over();
    }
    const greeting welcome = decode_greeting(parcel.body);
    broker_ = parcel.broker;
    log_id_ = log_id_of(broker_);
    origin_ = hexadecimal(welcome.origin);
    said_unreachable_ = false;
    log_.info("bus.connected", {{"log", log_id_}, {"seq", welcome.seq}, {"role", welcome.role}});
    change(state::greeted);
}

void connection::take_answer(packet parcel)
{
    const auto found = pending_.find(parcel.request);
    const bool refused = parcel.verb == verb::error;
    const bool stale = refused && decode_refusal(parcel.body).code == wire_error::stale;
    if (found != pending_.end()) {
        const pending_request asked = std::move(found->second);
        pending_.erase(found);
        answer said;
        if (refused)
            said.error = understand(asked, parcel.body);
        else
            said.body = std::move(parcel.body);
        asked.done(std::move(said));
    }
    if (stale)
        start_over();
}

error_code connection::understand(const pending_request& asked, const std::string& body)
{
    const refusal why = decode_refusal(body);
    if (why.code != wire_error::not_found) // which is how a content ends
        log_.warning("bus.refused", {{"verb", asked.verb}, {"reason", why.text}});
    return meaning(why.code);
}

void connection::take_end(const packet& parcel)
{
    const refusal why = decode_refusal(parcel.body);
    const auto found = streams_.find(parcel.request);
    if (found != streams_.end()) {
        event_stream& stream = *found->second;
        streams_.erase(found);
        stream.lost = true;
        stream.damaged = why.code == wire_error::damaged;
        stream.wake.cancel();
    }
    if (why.code == wire_error::stale)
        start_over();
}

} // namespace bus
