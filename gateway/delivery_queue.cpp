#include "gateway/delivery_queue.hpp"

#include <algorithm>

namespace gateway {
namespace {

using mail::bus_time;
using mail::delivery_outcome;

bus_time back_off(std::uint32_t attempts, const retry_policy& policy)
{
    bus_time wait = policy.first;
    for (std::uint32_t doubled = 0; doubled < attempts && wait < policy.longest; ++doubled) {
        wait *= 2;
    }
    return std::min(wait, policy.longest);
}

constexpr std::string_view queue_form = "sealpost delivery queue 1";

/// Of a queued copy and when it is due, for writing and for reading.
void describe_copy(auto& fields, auto& copy, auto& due)
{
    fields.choice("kind", copy.kind);
    fields.text("message", copy.message);
    fields.address("recipient", copy.recipient);
    fields.milliseconds("since", copy.since);
    fields.count("attempts", copy.attempts);
    fields.milliseconds("due", due);
}

} // namespace

delivery_decision decide(
    const smtp_reply& reply, const queued_copy& copy, bus_time now, const retry_policy& policy)
{
    if (reply.code >= 200 && reply.code < 300) {
        return {delivery_outcome::delivered, std::nullopt};
    }
    if (reply.code >= 500) {
        return {delivery_outcome::failed, std::nullopt};
    }
    const bus_time last = copy.since + policy.give_up;
    if (now >= last) {
        return {delivery_outcome::failed, std::nullopt};
    }
    return {delivery_outcome::deferred, std::min(now + back_off(copy.attempts, policy), last)};
}

void delivery_queue::observe(const mail::ledger& ledger, bus_time time, const mail::event& fact)
{
    if (const auto* mail = std::get_if<mail::message_accepted>(&fact.body)) {
        accepted(time, *mail);
    } else if (const auto* sent = std::get_if<mail::mail_submitted>(&fact.body)) {
        submitted(time, fact.id, *sent);
    } else if (const auto* attempt = std::get_if<mail::delivery_attempted>(&fact.body)) {
        attempted(ledger, time, *attempt);
    } else if (const auto* revoked = std::get_if<mail::message_revoked>(&fact.body)) {
        access_changed(ledger, time, revoked->message, revoked->recipients);
    } else if (const auto* restored = std::get_if<mail::message_restored>(&fact.body)) {
        access_changed(ledger, time, restored->message, restored->recipients);
    }
}

void delivery_queue::accepted(bus_time time, const mail::message_accepted& fact)
{
    for (const auto& recipient : fact.recipients) {
        add({copy_kind::message, fact.message.text, recipient.mailbox, time, 0}, time);
    }
}

void delivery_queue::submitted(
    bus_time time, const mail::event_id& id, const mail::mail_submitted& fact)
{
    if (fact.kind != mail::submission_kind::passcode &&
        fact.kind != mail::submission_kind::notice) {
        return; // replies and forwards become messages of their own
    }
    for (const auto& recipient : fact.recipients) {
        add({copy_kind::submission, id.text, recipient, time, 0}, time);
    }
}

void delivery_queue::attempted(
    const mail::ledger& ledger, bus_time time, const mail::delivery_attempted& fact)
{
    if (fact.failure_notice) {
        remove(key_of(copy_kind::failure_notice, fact.message, fact.recipient));
        return;
    }
    const auto* message = ledger.find(mail::network_message_id{fact.message});
    const auto kind = message ? copy_kind::message : copy_kind::submission;
    if (fact.outcome == delivery_outcome::deferred) {
        const auto found = entries_.find(key_of(kind, fact.message, fact.recipient));
        if (found != entries_.end()) {
            ++found->second.copy.attempts;
            found->second.copy.outcome.reset();
            reschedule(found->second, fact.next_attempt.value_or(time));
        }
        return;
    }
    if (message) {
        message_copy_ended(*message, time, fact);
    } else {
        remove(key_of(kind, fact.message, fact.recipient));
    }
}

void delivery_queue::message_copy_ended(
    const mail::message_state& message, bus_time time, const mail::delivery_attempted& fact)
{
    remove(key_of(copy_kind::message, fact.message, fact.recipient));
    const auto* state = message.find(fact.recipient);
    if (!state) {
        return;
    }
    if (fact.outcome == delivery_outcome::withheld && !state->revoked && !is_final(state->status)) {
        // A restore overtook the decision to withhold.
        add({copy_kind::message, fact.message, fact.recipient, time, 0}, time);
    }
    const bool tell = fact.outcome == delivery_outcome::failed && !state->failure_notice_sent;
    if (tell && !message.accepted.sender.is_null()) {
        add({copy_kind::failure_notice, fact.message, fact.recipient, time, 0}, time);
    }
}

/// Revoked: what still waits is looked at now, to be withheld. Restored: what was withheld waits
/// again.
void delivery_queue::access_changed(
    const mail::ledger& ledger,
    bus_time time,
    const mail::network_message_id& id,
    const std::vector<mail::address>& recipients)
{
    const auto* message = ledger.find(id);
    if (!message) {
        return;
    }
    for (const auto& state : message->recipients) {
        const auto& mailbox = state.accepted.mailbox;
        const bool meant =
            recipients.empty() ||
            std::find(recipients.begin(), recipients.end(), mailbox) != recipients.end();
        if (!meant || is_final(state.status)) {
            continue;
        }
        const auto found = entries_.find(key_of(copy_kind::message, id.text, mailbox));
        if (found == entries_.end()) {
            if (!state.revoked) {
                add({copy_kind::message, id.text, mailbox, time, 0}, time);
            }
        } else if (!found->second.in_flight) {
            reschedule(found->second, time);
        }
    }
}

std::vector<queued_copy> delivery_queue::take_due(bus_time now)
{
    std::vector<queued_copy> taken;
    while (!due_.empty() && due_.begin()->first <= now && in_flight() < concurrency_) {
        auto& chosen = entries_.at(due_.begin()->second);
        due_.erase(due_.begin());
        chosen.in_flight = true;
        taken.push_back(chosen.copy);
    }
    return taken;
}

void delivery_queue::postpone(const queued_copy& copy, bus_time due)
{
    const auto found = entries_.find(key_of(copy.kind, copy.message, copy.recipient));
    if (found == entries_.end()) {
        return;
    }
    found->second.copy = copy;
    reschedule(found->second, due);
}

void delivery_queue::forget(const queued_copy& copy)
{
    remove(key_of(copy.kind, copy.message, copy.recipient));
}

std::optional<bus_time> delivery_queue::next_due() const
{
    if (due_.empty() || in_flight() >= concurrency_) {
        return std::nullopt;
    }
    return due_.begin()->first;
}

delivery_queue::key delivery_queue::key_of(
    copy_kind kind, const std::string& message, const mail::address& recipient)
{
    return {kind, message, recipient.key()};
}

void delivery_queue::add(queued_copy copy, bus_time due)
{
    auto which = key_of(copy.kind, copy.message, copy.recipient);
    const auto [place, fresh] = entries_.try_emplace(which, entry{std::move(copy), due, false});
    if (fresh) {
        due_.emplace(due, std::move(which));
    }
}

void delivery_queue::reschedule(entry& entry, bus_time due)
{
    auto which = key_of(entry.copy.kind, entry.copy.message, entry.copy.recipient);
    if (!entry.in_flight) {
        due_.erase({entry.due, which});
    }
    entry.in_flight = false;
    entry.due = due;
    due_.emplace(due, std::move(which));
}

void delivery_queue::write(const mail::octet_sink& to) const
{
    mail::state_writer fields(to);
    fields.constant(queue_form);
    fields.each(entries_, [](auto& in, const auto& each) {
        describe_copy(in, each.second.copy, each.second.due);
    });
    fields.finish();
}

void delivery_queue::read(std::string_view octets)
{
    struct waiting_copy {
        queued_copy copy;
        bus_time due = 0;
    };
    mail::state_reader fields(octets);
    fields.constant(queue_form);
    std::vector<waiting_copy> waiting;
    fields.each(waiting, [](auto& in, auto& each) { describe_copy(in, each.copy, each.due); });
    fields.finish();
    entries_.clear();
    due_.clear();
    for (waiting_copy& each : waiting) {
        add(std::move(each.copy), each.due);
    }
}

void delivery_queue::remove(const key& which)
{
    const auto found = entries_.find(which);
    if (found == entries_.end()) {
        return;
    }
    if (!found->second.in_flight) {
        due_.erase({found->second.due, which});
    }
    entries_.erase(found);
}

} // namespace gateway
