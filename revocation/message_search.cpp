#include "revocation/message_search.hpp"

#include <algorithm>
#include <array>
#include <deque>

namespace revocation {

namespace {

constexpr std::array<std::string_view, 7> statuses{
    "pending", "deferred", "delivered", "failed", "withheld", "revoked", "expired"};

std::string lower_case(std::string_view text)
{
    std::string lower{text};
    std::ranges::transform(lower, lower.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return lower;
}

std::string bracketed(std::string_view id)
{
    if (id.starts_with('<') && id.ends_with('>'))
        return std::string{id};
    return "<" + std::string{id} + ">";
}

/// The search with its texts in the form that states are compared by.
struct criteria {
    std::string sender;
    std::string recipient;
    std::string message_id;
    const std::string& status;
    mail::bus_time now;

    bool match(const mail::message_state& message) const
    {
        return (sender.empty() || message.accepted.sender.key() == sender) &&
               (message_id.empty() || message.accepted.message_id.text == message_id) &&
               (recipient.empty() || has_recipient(message)) &&
               (status.empty() || has_status(message));
    }

private:
    bool has_recipient(const mail::message_state& message) const
    {
        return std::ranges::any_of(message.recipients, [this](const auto& each) {
            return each.accepted.mailbox.key() == recipient;
        });
    }
    bool has_status(const mail::message_state& message) const
    {
        if (status == "expired")
            return message.expired_at(now);
        return std::ranges::any_of(message.recipients, [this](const auto& each) {
            return status == "revoked" ? each.revoked : mail::to_text(each.status) == status;
        });
    }
};

} // namespace

bool is_searchable_status(std::string_view status)
{
    return std::ranges::count(statuses, status) > 0;
}

found_messages search(const mail::ledger& ledger, const message_search& wanted)
{
    const criteria fits{
        lower_case(wanted.sender),
        lower_case(wanted.recipient),
        wanted.message_id.empty() ? std::string{} : bracketed(wanted.message_id),
        wanted.status,
        ledger.time()};
    std::deque<const mail::message_state*> latest; // one more than wanted tells of a next page
    ledger.for_each_message([&](const mail::message_state& message) {
        if (wanted.before != 0 && message.seq >= wanted.before)
            return false;
        if (fits.match(message))
            latest.push_back(&message);
        if (latest.size() > wanted.limit + 1)
            latest.pop_front();
        return true;
    });
    found_messages found;
    const bool more = latest.size() > wanted.limit;
    if (more)
        latest.pop_front();
    found.messages.assign(latest.rbegin(), latest.rend());
    if (more && !found.messages.empty())
        found.next = found.messages.back()->seq;
    return found;
}

std::vector<mail::network_message_id> resolve(const mail::ledger& ledger, std::string_view id)
{
    const mail::network_message_id network_id{std::string{id}};
    if (ledger.find(network_id))
        return {network_id};
    return ledger.with_message_id({bracketed(id)});
}

} // namespace revocation
