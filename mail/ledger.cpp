#include "mail/ledger.hpp"

#include "mail/ledger_fields.hpp"
#include "mail/ledger_time.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace mail {
namespace {

bool is_link(const recipient_state& recipient)
{
    return recipient.accepted.delivery == delivery_mode::link;
}

const recipient_state* find_link_in(
    const std::vector<recipient_state>& recipients, std::string_view link)
{
    const auto same = [&](const recipient_state& r) {
        return is_link(r) && r.accepted.link.text == link;
    };
    const auto found = std::find_if(recipients.begin(), recipients.end(), same);
    return found == recipients.end() ? nullptr : &*found;
}

submitted_copy* find_in(std::vector<submitted_copy>& copies, const address& mailbox)
{
    const auto same = [&](const submitted_copy& copy) { return copy.mailbox == mailbox; };
    const auto found = std::find_if(copies.begin(), copies.end(), same);
    return found == copies.end() ? nullptr : &*found;
}

} // namespace

std::string_view to_text(delivery_status status)
{
    switch (status) {
    case delivery_status::pending:
        return "pending";
    case delivery_status::deferred:
        return "deferred";
    case delivery_status::delivered:
        return "delivered";
    case delivery_status::failed:
        return "failed";
    case delivery_status::withheld:
        return "withheld";
    }
    return "unknown";
}

bool is_final(delivery_status status)
{
    return status == delivery_status::delivered || status == delivery_status::failed;
}

const recipient_state* message_state::find(const address& mailbox) const
{
    return find(kept_address(mailbox));
}

const recipient_state* message_state::find(const kept_address& mailbox) const
{
    const auto same = [&](const recipient_state& r) { return r.accepted.mailbox == mailbox; };
    const auto found = std::find_if(recipients.begin(), recipients.end(), same);
    return found == recipients.end() ? nullptr : &*found;
}

recipient_state* message_state::find(const address& mailbox)
{
    return find(kept_address(mailbox));
}

recipient_state* message_state::find(const kept_address& mailbox)
{
    return const_cast<recipient_state*>(std::as_const(*this).find(mailbox));
}

std::optional<bus_time> message_state::expires_at() const
{
    return accepted.expiry_seconds > 0 ? std::optional(after_seconds(time, accepted.expiry_seconds))
                                       : std::nullopt;
}

bool message_state::expired_at(bus_time now) const
{
    const std::optional<bus_time> end = expires_at();
    return end && now >= *end;
}

bool message_state::is_revocable() const
{
    return std::any_of(recipients.begin(), recipients.end(), is_link);
}

bool message_state::is_revoked() const
{
    const auto open = [](const recipient_state& r) { return is_link(r) && !r.revoked; };
    return is_revocable() && std::none_of(recipients.begin(), recipients.end(), open);
}

void ledger::apply(std::uint64_t seq, bus_time time, const event& fact)
{
    if (seq != applied_ + 1)
        throw std::logic_error(
            "event " + std::to_string(seq) + " can't follow event " + std::to_string(applied_));
    if (applied_ > 0 && time < time_)
        throw std::logic_error("bus time goes back at event " + std::to_string(seq));
    if (seq == 1) {
        first_ = fact.id;
        make_sums();
    }
    applied_ = seq;
    time_ = time;
    std::visit([&](const auto& body) { rule(fact.id, body); }, fact.body);
}

void ledger::rule(const event_id&, const unknown_event&) {}

void ledger::rule(const event_id&, const message_accepted& fact)
{
    if (position_of(fact.message.text))
        return;
    message_state& message = messages_.emplace_back().state;
    message.accepted = kept(fact);
    message.seq = applied_;
    message.time = time_;
    message.recipients.reserve(fact.recipients.size());
    for (const accepted_recipient& accepted : fact.recipients) {
        if (!message.find(accepted.mailbox))
            message.recipients.emplace_back().accepted = kept(accepted);
    }
    keep_message(static_cast<std::uint32_t>(messages_.size() - 1));
}

void ledger::keep_message(std::uint32_t position)
{
    message_state& message = messages_[position].state;
    text_keeper keeper(arena_);
    describe(keeper, message);
    message_index_.add(sum_(message.accepted.message.text), position);
    note_message_id(position);
    for (const recipient_state& recipient : message.recipients) {
        const std::string_view link = recipient.accepted.link.text;
        if (is_link(recipient) && !link.empty())
            link_index_.add(sum_(link), position);
    }
}

void ledger::rule(const event_id&, const delivery_attempted& fact)
{
    if (message_entry* entry = entry_of(fact.message)) {
        if (recipient_state* recipient = entry->state.find(fact.recipient))
            record_attempt_of(entry->state, *recipient, fact);
    } else if (submission_state* submission = submission_of(fact.message)) {
        submitted_copy* copy = find_in(submission->recipients, fact.recipient);
        if (copy && !fact.failure_notice)
            record_attempt(*copy, fact);
    }
}

/// A copy whose fate is sealed stays as it is, whatever comes later.
void ledger::record_attempt(copy_state& copy, const delivery_attempted& fact)
{
    if (is_final(copy.status))
        return;
    copy.smtp_reply = arena_.keep_shared(fact.smtp_reply);
    copy.next_attempt = 0;
    switch (fact.outcome) {
    case delivery_outcome::delivered:
        copy.status = delivery_status::delivered;
        break;
    case delivery_outcome::deferred:
        copy.status = delivery_status::deferred;
        copy.next_attempt = fact.next_attempt.value_or(0);
        break;
    case delivery_outcome::failed:
        copy.status = delivery_status::failed;
        break;
    case delivery_outcome::withheld:
        copy.status = delivery_status::withheld;
        return; // a decision, not a try
    }
    ++copy.attempts;
}

void ledger::record_attempt_of(
    const message_state& message, recipient_state& recipient, const delivery_attempted& fact)
{
    if (fact.failure_notice) {
        // The notice itself may be deferred; then the sender doesn't know yet.
        if (fact.outcome != delivery_outcome::deferred)
            recipient.failure_notice_sent = true;
        return;
    }
    // A withholding that a restore has overtaken would keep the copy back for ever.
    const bool withheld = fact.outcome == delivery_outcome::withheld;
    if (withheld && !recipient.revoked && !message.expired_at(time_))
        return;
    record_attempt(recipient, fact);
    if (recipient.status == delivery_status::delivered && !is_link(recipient)) {
        recipient.revoked = false; // out of reach: it opens without us
        recipient.note = {};
    }
}

void ledger::rule(const event_id& id, const mail_submitted& fact)
{
    if (submission_of(id.text))
        return;
    submission_state& submission = submissions_.emplace_back();
    submission.id = kept_id(id);
    submission.submitted = kept(fact);
    submission.time = time_;
    submission.recipients.reserve(fact.recipients.size());
    for (const address& mailbox : fact.recipients) {
        if (!find_in(submission.recipients, mailbox))
            submission.recipients.emplace_back().mailbox = kept_address(mailbox);
    }
    keep_submission(static_cast<std::uint32_t>(submissions_.size() - 1));
}

void ledger::keep_submission(std::uint32_t position)
{
    submission_state& submission = submissions_[position];
    text_keeper::texts known;
    if (const message_entry* answered = entry_of(submission.submitted.in_answer_to)) {
        known[0] = answered->state.accepted.message.text;
        if (submission.recipients.size() == 1) {
            const auto* reader = answered->state.find(submission.recipients.front().mailbox);
            known[1] = reader ? reader->accepted.mailbox.text() : std::string_view();
        }
    }
    text_keeper keeper(arena_, known);
    describe(keeper, submission);
    submission_index_.add(sum_(submission.id.text), position);
}

std::optional<std::uint32_t> ledger::position_of(std::string_view message) const
{
    return message_index_.find(sum_(message), [&](std::uint32_t at) {
        return messages_[at].state.accepted.message.text == message;
    });
}

const ledger::message_entry* ledger::entry_of(std::string_view message) const
{
    const auto position = position_of(message);
    return position ? &messages_[*position] : nullptr;
}

ledger::message_entry* ledger::entry_of(std::string_view message)
{
    return const_cast<message_entry*>(std::as_const(*this).entry_of(message));
}

const message_state* ledger::find(const network_message_id& message) const
{
    const message_entry* entry = entry_of(message.text);
    return entry ? &entry->state : nullptr;
}

std::optional<std::uint32_t> ledger::first_with_message_id(std::string_view id) const
{
    return message_id_index_.find(sum_(id), [&](std::uint32_t at) {
        return messages_[at].state.accepted.message_id.text == id;
    });
}

/// Senders choose their Message-IDs, and may give one to any number of messages: none of them is
/// slower to note than the first.
void ledger::note_message_id(std::uint32_t position)
{
    const std::string_view id = messages_[position].state.accepted.message_id.text;
    if (const auto first = first_with_message_id(id))
        same_message_id_[*first].push_back(position);
    else
        message_id_index_.add(sum_(id), position);
}

std::vector<network_message_id> ledger::with_message_id(const header_message_id& id) const
{
    std::vector<network_message_id> result;
    const auto first = first_with_message_id(id.text);
    if (!first)
        return result;
    result.push_back(messages_[*first].state.accepted.message);
    const auto others = same_message_id_.find(*first);
    if (others == same_message_id_.end())
        return result;
    for (const std::uint32_t position : others->second)
        result.push_back(messages_[position].state.accepted.message);
    return result;
}

std::optional<link_target> ledger::find_link(const locator& link) const
{
    const recipient_state* target = nullptr;
    const auto has_link = [&](std::uint32_t at) {
        target = find_link_in(messages_[at].state.recipients, link.text);
        return target != nullptr;
    };
    const auto found = link_index_.find(sum_(link.text), has_link);
    if (!found || !has_link(*found))
        return std::nullopt;
    return link_target{messages_[*found].state.accepted.message, target->accepted.mailbox};
}

void ledger::for_each_message(const std::function<bool(const message_state&)>& visit) const
{
    for (const message_entry& entry : messages_) {
        if (!visit(entry.state))
            return;
    }
}

void ledger::for_each_submission(const std::function<bool(const submission_state&)>& visit) const
{
    for (const submission_state& submission : submissions_) {
        if (!visit(submission))
            return;
    }
}

submission_state* ledger::submission_of(std::string_view submission)
{
    const auto is = [&](std::uint32_t at) { return submissions_[at].id.text == submission; };
    const auto found = submission_index_.find(sum_(submission), is);
    return found ? &submissions_[*found] : nullptr;
}

const submission_state* ledger::find_submission(const event_id& submission) const
{
    return const_cast<ledger*>(this)->submission_of(submission.text);
}

} // namespace mail
