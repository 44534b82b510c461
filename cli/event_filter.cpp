#include "cli/event_filter.hpp"

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

event_filter::event_filter(std::vector<std::string> types, std::string message)
    : types_(std::move(types)), message_(std::move(message))
{
    std::transform(types_.begin(), types_.end(), types_.begin(), full_type);
}

bool event_filter::shows(const mail::event& fact)
{
    // Asked even when the type is wrong: later events refer to this one.
    const std::string message = message_.empty() ? "" : message_of(fact);
    if (!right_type(fact))
        return false;
    if (message_.empty())
        return true;
    if (message.empty())
        return false;
    const auto header = header_by_message_.find(message);
    return message == message_ ||
           (header != header_by_message_.end() && header->second == message_);
}

bool event_filter::right_type(const mail::event& fact) const
{
    return types_.empty() ||
           std::find(types_.begin(), types_.end(), mail::type_of(fact)) != types_.end();
}

std::string event_filter::remember(const std::string& key, const std::string& message)
{
    return message_by_key_[key] = message;
}

std::string event_filter::recall(const std::string& key) const
{
    const auto found = message_by_key_.find(key);
    return found == message_by_key_.end() ? "" : found->second;
}

std::string event_filter::message_of(const mail::event& fact)
{
    struct visitor {
        event_filter& filter;
        const mail::event& fact;

        std::string operator()(const mail::message_accepted& body) const
        {
            filter.header_by_message_[body.message.text] = body.message_id.text;
            return body.message.text;
        }
        std::string operator()(const mail::delivery_attempted& body) const
        {
            // A passcode mail's copy names its submission.
            const std::string submitted = filter.recall(body.message);
            return submitted.empty() ? body.message : submitted;
        }
        std::string operator()(const mail::passcode_issued& body) const
        {
            return filter.remember(body.challenge.text, body.message.text);
        }
        std::string operator()(const mail::passcode_tried& body) const
        {
            return filter.recall(body.challenge.text);
        }
        std::string operator()(const mail::access_attempted& body) const
        {
            return filter.remember(fact.id.text, body.message.text);
        }
        std::string operator()(const mail::access_renewed& body) const
        {
            return filter.recall(body.attempt.text);
        }
        std::string operator()(const mail::access_closed& body) const
        {
            return filter.recall(body.attempt.text);
        }
        std::string operator()(const mail::mail_submitted& body) const
        {
            return filter.remember(fact.id.text, body.in_answer_to);
        }
        std::string operator()(const mail::message_revoked& body) const
        {
            return body.message.text;
        }
        std::string operator()(const mail::message_restored& body) const
        {
            return body.message.text;
        }
        std::string operator()(const mail::revocation_enforced& body) const
        {
            return body.message.text;
        }
        std::string operator()(const mail::session_ended&) const { return ""; }
        std::string operator()(const mail::directory_changed&) const { return ""; }
        std::string operator()(const mail::unknown_event&) const { return ""; }
    };
    return std::visit(visitor{*this, fact}, fact.body);
}

} // namespace cli
