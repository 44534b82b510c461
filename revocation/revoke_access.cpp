#include "revocation/revoke_access.hpp"

#include <algorithm>

namespace revocation {

namespace {

using recipients = std::vector<const mail::recipient_state*>;

/// Those asked for, in the message's order and each once; names that the message lacks go to
/// `unknown`.
recipients select(
    const mail::message_state& message,
    const std::vector<mail::address>& asked,
    std::vector<mail::address>& unknown)
{
    for (const mail::address& mailbox : asked)
        if (!message.find(mailbox))
            unknown.push_back(mailbox);
    recipients chosen;
    for (const mail::recipient_state& each : message.recipients)
        if (asked.empty() || std::count(asked.begin(), asked.end(), each.accepted.mailbox) > 0)
            chosen.push_back(&each);
    return chosen;
}

bool is_queued(const mail::recipient_state& recipient)
{
    return recipient.status == mail::delivery_status::pending ||
           recipient.status == mail::delivery_status::deferred;
}

/// A revoke would still do something: end a reader's access, or stop a copy that is not delivered
/// yet.
bool has_access_to_lose(const mail::recipient_state& recipient)
{
    return !recipient.revoked && (recipient.accepted.revocable || is_queued(recipient));
}

} // namespace

std::string reason_not_revocable(const mail::recipient_state& recipient)
{
    const std::string decided{recipient.accepted.reason};
    const std::string because = decided.empty() ? std::string{} : " (" + decided + ")";
    const bool in_line = recipient.accepted.delivery == mail::delivery_mode::in_line;
    if (in_line && recipient.status != mail::delivery_status::delivered)
        return "gets the message inline: the copy can be held back only until it has left" +
               because;
    if (in_line)
        return "received the message inline, and it opens in their client without us" + because;
    return "access can't be revoked" + because;
}

revoke_decision decide_revoke(
    const mail::message_state& message, const std::vector<mail::address>& asked)
{
    using enum revoke_decision::outcome;
    revoke_decision decision;
    const recipients chosen = select(message, asked, decision.unknown);
    bool anything_to_do = false;
    for (const mail::recipient_state* each : chosen) {
        if (each->accepted.revocable)
            decision.affected.push_back(each->accepted.mailbox);
        else
            decision.not_revocable.push_back({each->accepted.mailbox, reason_not_revocable(*each)});
        anything_to_do = anything_to_do || has_access_to_lose(*each);
    }
    if (!decision.unknown.empty())
        decision.what = unknown_recipient;
    else if (decision.affected.empty())
        decision.what = not_revocable;
    else
        decision.what = anything_to_do ? append : already;
    return decision;
}

restore_decision decide_restore(
    const mail::message_state& message, const std::vector<mail::address>& asked)
{
    using enum restore_decision::outcome;
    restore_decision decision;
    const recipients chosen = select(message, asked, decision.unknown);
    const bool any_revoked =
        std::ranges::any_of(chosen, [](const auto* each) { return each->revoked; });
    if (!decision.unknown.empty())
        decision.what = unknown_recipient;
    else
        decision.what = any_revoked ? append : unchanged;
    return decision;
}

std::string revoked_text(const mail::kept_message& message)
{
    return "The encrypted email with the subject \"" + std::string(message.subject) +
           "\" and Message ID \"" + std::string(message.message_id.text) +
           "\" was successfully revoked";
}

} // namespace revocation
