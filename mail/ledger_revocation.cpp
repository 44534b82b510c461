#include "mail/ledger.hpp"
#include "mail/ledger_fields.hpp"

#include <algorithm>

/// Revoke and restore, and which revokes still have to be brought in force.
namespace mail {
namespace {

bool is_named(const std::vector<address>& named, const kept_address& mailbox)
{
    return named.empty() || std::find(named.begin(), named.end(), mailbox) != named.end();
}

/// A link can be closed at any time; an inline copy only while it is still ours.
bool in_reach(const recipient_state& recipient)
{
    return recipient.accepted.delivery == delivery_mode::link || !is_final(recipient.status);
}

} // namespace

void ledger::rule(const event_id&, const message_revoked& fact)
{
    message_entry* entry = entry_of(fact.message.text);
    if (!entry)
        return;
    const std::string_view note = arena_.keep_shared(fact.note);
    for (recipient_state& recipient : entry->state.recipients) {
        if (!is_named(fact.recipients, recipient.accepted.mailbox) || !in_reach(recipient))
            continue;
        recipient.revoked = true;
        recipient.note = note;
    }
    revokes_.push_back({.seq = applied_, .revoked = kept(fact)});
    keep_revoke(static_cast<std::uint32_t>(revokes_.size() - 1));
}

void ledger::keep_revoke(std::uint32_t position)
{
    revoke_state& revoke = revokes_[position];
    message_entry* entry = entry_of(revoke.revoked.message.text);
    if (!entry)
        throw damaged_state("an unknown message was revoked");
    text_keeper keeper(arena_, {entry->state.accepted.message.text});
    describe(keeper, revoke);
    entry->latest_revoke = position;
    if (!revoke.enforced)
        unenforced_.emplace(revoke.seq, position);
}

void ledger::rule(const event_id&, const message_restored& fact)
{
    message_entry* entry = entry_of(fact.message.text);
    if (!entry)
        return;
    for (recipient_state& recipient : entry->state.recipients) {
        if (!recipient.revoked || !is_named(fact.recipients, recipient.accepted.mailbox))
            continue;
        recipient.revoked = false;
        recipient.note = {};
        if (recipient.status == delivery_status::withheld) {
            recipient.status = delivery_status::pending;
            recipient.next_attempt = 0;
        }
    }
}

void ledger::rule(const event_id&, const revocation_enforced& fact)
{
    const auto found = unenforced_.find(fact.revoke_seq);
    if (found == unenforced_.end())
        return;
    revokes_[found->second].enforced = true;
    unenforced_.erase(found);
}

std::vector<revoke_state> ledger::unenforced_revokes() const
{
    std::vector<revoke_state> result;
    result.reserve(unenforced_.size());
    for (const auto& [seq, position] : unenforced_)
        result.push_back(revokes_[position]);
    return result;
}

std::optional<revoke_state> ledger::latest_revoke(const network_message_id& message) const
{
    const message_entry* entry = entry_of(message.text);
    if (!entry || entry->latest_revoke == none)
        return std::nullopt;
    return revokes_[entry->latest_revoke];
}

std::vector<std::uint32_t> ledger::granted(std::string_view message) const
{
    std::vector<std::uint32_t> result;
    const message_entry* entry = entry_of(message);
    std::uint32_t at = entry ? entry->latest_attempt : none;
    for (; at != none; at = attempts_[at].previous)
        result.push_back(at);
    std::reverse(result.begin(), result.end());
    return result;
}

std::vector<event_id> ledger::open_grants(
    const network_message_id& message,
    const std::vector<address>& recipients,
    std::uint64_t before) const
{
    std::vector<event_id> result;
    for (const std::uint32_t at : granted(message.text)) {
        const attempt_state& attempt = attempts_[at].state;
        // The attempt's own place counts: a renewal behind `before` doesn't end the grant in front
        // of it.
        if (!attempt.closed && attempt.first_seq < before &&
            is_named(recipients, attempt.attempted.recipient))
            result.push_back(attempts_[at].id);
    }
    return result;
}

std::vector<address> ledger::read_before(
    const network_message_id& message,
    const std::vector<address>& recipients,
    std::uint64_t before) const
{
    std::vector<address> result;
    for (const std::uint32_t at : granted(message.text)) {
        const attempt_state& attempt = attempts_[at].state;
        const kept_address& reader = attempt.attempted.recipient;
        const bool read = attempt.first_seq < before && discloses(attempt) &&
                          (!attempt.closed || attempt.bytes > 0);
        const bool listed = std::find(result.begin(), result.end(), reader) != result.end();
        if (read && !listed && is_named(recipients, reader))
            result.push_back(reader);
    }
    return result;
}

} // namespace mail
