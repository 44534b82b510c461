#include "cli/message_finder.hpp"

#include "cli/plain_fields.hpp"
#include "mail/event_fields.hpp"

#include <optional>
#include <vector>

namespace cli {

namespace {

/// The fields by which an event names its message, whatever its type.
struct naming_fields : plain_fields {
    std::string message;
    std::string attempt;
    std::string challenge;

    void id(std::string_view name, const std::string& value)
    {
        if (name == "message")
            message = value;
        else if (name == "attempt")
            attempt = value;
        else if (name == "challenge")
            challenge = value;
    }
    void text(std::string_view name, const std::string& value)
    {
        if (name == "in_answer_to")
            message = value;
    }
    void address(std::string_view, const mail::address&) {}
    void sender(std::string_view, const mail::address&) {}
    void addresses(std::string_view, const std::vector<mail::address>&) {}
    template <class Entry>
    void list(std::string_view, const std::vector<Entry>&)
    {}
    template <class Entry>
    void object(std::string_view, const std::optional<Entry>&)
    {}
};

naming_fields names_in(const mail::event& fact)
{
    naming_fields found;
    const auto read = [&found](const auto& body) {
        if constexpr (requires { describe(found, body); })
            describe(found, body);
    };
    std::visit(read, fact.body);
    return found;
}

/// Something that later events may name instead of the message.
bool is_named_later(const mail::event& fact)
{
    return std::holds_alternative<mail::access_attempted>(fact.body) ||
           std::holds_alternative<mail::mail_submitted>(fact.body);
}

} // namespace

std::string message_finder::message_of(const mail::event& fact)
{
    const naming_fields names = names_in(fact);
    if (!names.attempt.empty())
        return known_as(names.attempt);
    if (names.message.empty())
        return known_as(names.challenge);
    if (!names.challenge.empty())
        message_by_key_[names.challenge] = names.message;
    if (is_named_later(fact))
        message_by_key_[fact.id.text] = names.message;
    // A passcode mail's copy names its submission.
    const std::string submitted = known_as(names.message);
    return submitted.empty() ? names.message : submitted;
}

std::string message_finder::known_as(const std::string& key) const
{
    const auto found = message_by_key_.find(key);
    return found == message_by_key_.end() ? "" : found->second;
}

} // namespace cli
