#include "revocation/message_trace.hpp"

#include "mail/event_json.hpp"
#include "mail/verdict.hpp"

#include <type_traits>
#include <variant>

namespace revocation {

namespace {

std::string text(std::string_view view)
{
    return std::string{view};
}

/// "view" or "attachment 2".
std::string opened_thing(mail::access_kind what, std::string_view item)
{
    std::string thing = text(mail::to_text(what));
    if (!item.empty())
        thing += " " + text(item);
    return thing;
}

std::string act_of(const std::string& actor, mail::role role, const std::string& reason)
{
    std::string detail = "by " + actor + " (" + text(mail::to_text(role)) + ")";
    if (!reason.empty())
        detail += ": " + reason;
    return detail;
}

std::string fate(const mail::delivery_attempted& fact)
{
    switch (fact.outcome) {
    case mail::delivery_outcome::delivered:
        return "delivered: " + fact.smtp_reply;
    case mail::delivery_outcome::deferred:
        return "tried again later: " + fact.smtp_reply;
    case mail::delivery_outcome::failed:
        return "given up: " + fact.smtp_reply;
    case mail::delivery_outcome::withheld:
        return "withheld, because the access is revoked";
    }
    return {};
}

std::string_view trace_word(mail::delivery_outcome outcome)
{
    switch (outcome) {
    case mail::delivery_outcome::delivered:
        return "DELIVER";
    case mail::delivery_outcome::failed:
        return "FAIL";
    case mail::delivery_outcome::deferred:
    case mail::delivery_outcome::withheld:
        break;
    }
    return "DEFER";
}

} // namespace

void message_trace::apply(
    std::uint64_t seq, mail::bus_time time, const mail::event& fact, const mail::ledger& after)
{
    const position at{seq, time, fact.id, after};
    std::visit([&](const auto& body) { tell(at, body); }, fact.body);
}

const std::vector<trace_row>& message_trace::rows(const mail::network_message_id& message) const
{
    static const std::vector<trace_row> none;
    const auto found = rows_.find(message);
    return found == rows_.end() ? none : found->second;
}

void message_trace::add(
    const position& at,
    const mail::network_message_id& message,
    std::string_view event,
    std::string recipient,
    std::string detail)
{
    trace_row row{at.time, at.seq, event, std::move(recipient), std::move(detail)};
    rows_[message].push_back(std::move(row));
}

void message_trace::tell(const position& at, const mail::message_accepted& fact)
{
    const std::string sender = fact.sender.is_null() ? "<>" : fact.sender.text();
    add(at, fact.message, "RECEIVE", {}, std::to_string(fact.size) + " octets from " + sender);
    for (const mail::accepted_recipient& each : fact.recipients) {
        std::string detail = text(mail::to_text(each.delivery)) +
                             (each.revocable ? ", revocable" : ", not revocable") + ", by " +
                             each.rule + ": " + each.reason;
        add(at, fact.message, "RECEIVE", each.mailbox.text(), std::move(detail));
    }
}

void message_trace::tell(const position& at, const mail::delivery_attempted& fact)
{
    const mail::network_message_id message{fact.message};
    const mail::message_state* state = at.ledger.find(message);
    const mail::recipient_state* recipient = state ? state->find(fact.recipient) : nullptr;
    if (!recipient)
        return; // a copy of a passcode mail or notice, which no trace shows
    if (fact.failure_notice) {
        add(at, message, "SEND", fact.recipient.text(), "notice to the sender: " + fate(fact));
        return;
    }
    const bool withheld = fact.outcome == mail::delivery_outcome::withheld;
    if (withheld && recipient->status != mail::delivery_status::withheld)
        return; // a restore came first, so it has no effect
    const bool expired = withheld && !recipient->revoked;
    add(at,
        message,
        trace_word(fact.outcome),
        fact.recipient.text(),
        expired ? "withheld, because the message is expired" : fate(fact));
}

void message_trace::tell(const position& at, const mail::passcode_issued& fact)
{
    const bool counts = at.ledger.find_challenge(fact.challenge) != nullptr;
    std::string detail =
        counts ? "sent, reference " + fact.reference : "not sent: too many in 15 minutes";
    add(at, fact.message, "PASSCODE", fact.recipient.text(), std::move(detail));
}

void message_trace::tell(const position& at, const mail::passcode_tried& fact)
{
    const mail::challenge_state* challenge = at.ledger.find_challenge(fact.challenge);
    const auto verdict = at.ledger.passcode_try(at.id);
    if (!challenge || !verdict)
        return;
    add(at,
        challenge->issued.message,
        "PASSCODE",
        text(challenge->issued.recipient.text()),
        "tried: " + text(mail::to_text(*verdict)));
}

void message_trace::tell(const position& at, const mail::access_attempted& fact)
{
    const mail::attempt_state* attempt = at.ledger.find_attempt(at.id);
    if (!attempt)
        return;
    const std::string where = opened_thing(fact.what, fact.item) + " at " + fact.portal;
    if (attempt->verdict != mail::access_verdict::granted) {
        std::string detail = where + ": " + text(mail::to_text(attempt->verdict));
        add(at, fact.message, "DENIED", fact.recipient.text(), std::move(detail));
        return;
    }
    add(at, fact.message, "READ", fact.recipient.text(), where);
    open_reads_[at.id] = {fact.message, rows_[fact.message].size() - 1};
}

void message_trace::tell(const position& at, const mail::access_renewed& fact)
{
    const mail::attempt_state* attempt = at.ledger.find_attempt(fact.attempt);
    if (!attempt || attempt->verdict == mail::access_verdict::granted)
        return;
    add(at,
        attempt->attempted.message,
        "DENIED",
        text(attempt->attempted.recipient.text()),
        opened_thing(attempt->attempted.what, attempt->attempted.item) +
            " goes no further: " + text(mail::to_text(attempt->verdict)));
}

void message_trace::tell(const position&, const mail::access_closed& fact)
{
    const auto found = open_reads_.find(fact.attempt);
    if (found == open_reads_.end())
        return;
    trace_row& row = rows_[found->second.message][found->second.row];
    row.detail += ", " + std::to_string(fact.bytes) + " octets, " + fact.ending;
    open_reads_.erase(found);
}

void message_trace::tell(const position& at, const mail::message_revoked& fact)
{
    const std::string detail = act_of(fact.actor, fact.role, fact.reason);
    if (fact.recipients.empty())
        add(at, fact.message, "REVOKE", {}, detail);
    for (const mail::address& each : fact.recipients)
        add(at, fact.message, "REVOKE", each.text(), detail);
}

void message_trace::tell(const position& at, const mail::message_restored& fact)
{
    const std::string detail = act_of(fact.actor, fact.role, fact.reason);
    if (fact.recipients.empty())
        add(at, fact.message, "RESTORE", {}, detail);
    for (const mail::address& each : fact.recipients)
        add(at, fact.message, "RESTORE", each.text(), detail);
}

void message_trace::tell(const position& at, const mail::revocation_enforced& fact)
{
    std::string detail = "the revoke at " + std::to_string(fact.revoke_seq) + ", after " +
                         std::to_string(fact.milliseconds) + " ms";
    add(at, fact.message, "IN FORCE", {}, std::move(detail));
}

} // namespace revocation
