#include "cli/event_filter.hpp"

#include "mail/event_json.hpp"

#include <algorithm>
#include <utility>

namespace cli {

namespace {

constexpr std::string_view prefix = "sealpost.";

std::string full_type(std::string type)
{
    return type.starts_with(prefix) ? std::move(type) : std::string(prefix) + type;
}

} // namespace

event_filter::event_filter(event_selection wanted) : wanted_(std::move(wanted))
{
    std::vector<std::string>& types = wanted_.types;
    std::transform(types.begin(), types.end(), types.begin(), full_type);
}

bool event_filter::shows(const bus::stored_event& event)
{
    if (!looks_inside())
        return is_within(event.seq, event.time);
    try {
        return shows(event.seq, event.time, mail::parse_event(event.payload));
    } catch (const mail::invalid_event&) {
        return is_within(event.seq, event.time);
    }
}

bool event_filter::shows(std::uint64_t seq, mail::bus_time time, const mail::event& fact)
{
    // Asked even when the event is not shown: later ones refer to this one.
    const std::string message = wanted_.message.empty() ? "" : finder_.message_of(fact);
    if (const auto* accepted = std::get_if<mail::message_accepted>(&fact.body);
        accepted != nullptr && !message.empty())
        header_by_message_[message] = accepted->message_id.text;
    return is_within(seq, time) && right_type(fact) && right_message(message);
}

bool event_filter::is_within(std::uint64_t seq, mail::bus_time time) const
{
    return (!wanted_.from || wanted_.from->is_reached_by(seq, time)) &&
           (!wanted_.through || wanted_.through->covers(seq, time));
}

bool event_filter::right_type(const mail::event& fact) const
{
    const std::vector<std::string>& types = wanted_.types;
    return types.empty() ||
           std::find(types.begin(), types.end(), mail::type_of(fact)) != types.end();
}

bool event_filter::right_message(const std::string& message) const
{
    if (wanted_.message.empty())
        return true;
    if (message.empty())
        return false;
    const auto header = header_by_message_.find(message);
    return message == wanted_.message ||
           (header != header_by_message_.end() && header->second == wanted_.message);
}

} // namespace cli
