#include "cli/log_watch.hpp"

#include <utility>

namespace cli {

namespace {

constexpr std::size_t remembered = 8;

} // namespace

log_watch::log_watch(wait_predicate predicate, std::uint64_t since)
    : predicate_(std::move(predicate)),
      since_(since),
      address_(mail::address::parse(predicate_.address))
{}

void log_watch::look(std::uint64_t seq, const mail::event& fact, const mail::ledger& ledger)
{
    last_.push_back(std::to_string(seq) + " " + std::string(mail::type_of(fact)));
    if (last_.size() > remembered)
        last_.pop_front();
    if (seq > since_)
        consider(seq, fact, ledger);
}

std::string log_watch::seen() const
{
    std::string text;
    for (const std::string& line : last_)
        text += "\n  " + line;
    return text.empty() ? "\n  no event at all" : text;
}

void log_watch::consider(std::uint64_t seq, const mail::event& fact, const mail::ledger& ledger)
{
    using kind = wait_predicate::kind;
    const kind what = predicate_.what;
    if (const auto* delivery = std::get_if<mail::delivery_attempted>(&fact.body)) {
        if (what == kind::delivered)
            consider_delivery(seq, *delivery, ledger);
    } else if (const auto* close = std::get_if<mail::access_closed>(&fact.body)) {
        if (what == kind::read)
            consider_close(seq, *close, ledger);
    } else if (const auto* accepted = std::get_if<mail::message_accepted>(&fact.body)) {
        consider_accept(seq, *accepted);
    } else if (const auto* enforced = std::get_if<mail::revocation_enforced>(&fact.body)) {
        if (what == kind::in_force)
            consider_enforced(seq, *enforced, ledger);
    } else if (const auto* issued = std::get_if<mail::passcode_issued>(&fact.body)) {
        if (what == kind::passcode)
            consider_passcode(seq, *issued, ledger);
    } else if (const auto* revoked = std::get_if<mail::message_revoked>(&fact.body)) {
        undo(revoked->message);
    } else if (const auto* restored = std::get_if<mail::message_restored>(&fact.body)) {
        undo(restored->message);
    }
}

void log_watch::consider_delivery(
    std::uint64_t seq, const mail::delivery_attempted& fact, const mail::ledger& ledger)
{
    const mail::network_message_id message{fact.message};
    if (found_ || fact.outcome != mail::delivery_outcome::delivered || fact.failure_notice ||
        !is_address(fact.recipient) || !names(message, ledger))
        return;
    found_ = finding{
        seq,
        fact.message,
        "delivered to " + fact.recipient.text() + " of " + fact.message + ": " + fact.smtp_reply,
        ""};
}

void log_watch::consider_close(
    std::uint64_t seq, const mail::access_closed& fact, const mail::ledger& ledger)
{
    const mail::attempt_state* attempt = ledger.find_attempt(fact.attempt);
    if (found_ || attempt == nullptr || !attempt->granted_once || fact.bytes == 0 ||
        !is_address(attempt->attempted.recipient) || !names(attempt->attempted.message, ledger))
        return;
    const std::string message{attempt->attempted.message.text};
    found_ = finding{
        seq,
        message,
        "read by " + std::string(attempt->attempted.recipient.text()) + " of " + message + ": " +
            std::to_string(fact.bytes) + " octets, " + fact.ending,
        ""};
}

void log_watch::consider_accept(std::uint64_t seq, const mail::message_accepted& fact)
{
    using kind = wait_predicate::kind;
    const bool from_sender = predicate_.what == kind::accepted && is_address(fact.sender);
    const bool named =
        predicate_.what == kind::link && !predicate_.id.empty() &&
        (fact.message.text == predicate_.id || fact.message_id.text == predicate_.id);
    if (found_ || !(from_sender || named))
        return;
    found_ = finding{
        seq,
        fact.message.text,
        "accepted from " + fact.sender.text() + ": " + fact.message.text + " " +
            fact.message_id.text,
        fact.message_id.text};
}

void log_watch::consider_enforced(
    std::uint64_t seq, const mail::revocation_enforced& fact, const mail::ledger& ledger)
{
    const auto latest = ledger.latest_revoke(fact.message);
    if (!names(fact.message, ledger) || !latest || latest->seq != fact.revoke_seq)
        return;
    found_ = in_force_[fact.message.text] = finding{
        seq,
        fact.message.text,
        "in force of " + fact.message.text + " after " + std::to_string(fact.milliseconds) + " ms",
        ""};
}

void log_watch::consider_passcode(
    std::uint64_t seq, const mail::passcode_issued& fact, const mail::ledger& ledger)
{
    // One beyond the limit opens nothing and no mail brings it.
    if (is_address(fact.recipient) && ledger.find_challenge(fact.challenge) != nullptr)
        found_ = finding{
            seq, fact.message.text, "passcode issued for " + fact.recipient.text(), fact.reference};
}

void log_watch::undo(const mail::network_message_id& message)
{
    if (in_force_.erase(message.text) == 0)
        return;
    found_.reset();
    for (const auto& [name, one] : in_force_)
        if (!found_ || one.seq > found_->seq)
            found_ = one;
}

bool log_watch::names(const mail::network_message_id& message, const mail::ledger& ledger) const
{
    const mail::message_state* state = ledger.find(message);
    if (state == nullptr)
        return false; // the copy of a passcode mail
    return predicate_.id.empty() || predicate_.id == message.text ||
           predicate_.id == state->accepted.message_id.text;
}

bool log_watch::is_address(const mail::address& mailbox) const
{
    return address_ && *address_ == mailbox;
}

} // namespace cli
