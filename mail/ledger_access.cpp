#include "mail/ledger.hpp"
#include "mail/ledger_fields.hpp"
#include "mail/ledger_time.hpp"

#include <algorithm>
#include <utility>

/// Who may see what: attempts, their renewals and their closes. Nothing is disclosed but by these
/// rulings.
namespace mail {

namespace {

access_verdict availability_of(
    const message_state& message, const recipient_state* reader, bus_time now)
{
    if (!reader || reader->accepted.delivery != delivery_mode::link)
        return access_verdict::unknown;
    if (reader->revoked)
        return access_verdict::revoked;
    return message.expired_at(now) ? access_verdict::expired : access_verdict::granted;
}

} // namespace

bool discloses(const attempt_state& attempt)
{
    return attempt.attempted.what == access_kind::view ||
           attempt.attempted.what == access_kind::attachment;
}

access_verdict ledger::availability(
    const network_message_id& message, const address& recipient, bus_time now) const
{
    const message_state* state = find(message);
    return state ? availability_of(*state, state->find(recipient), now) : access_verdict::unknown;
}

access_verdict ledger::judge(const attempt_entry& entry) const
{
    if (entry.message == none)
        return access_verdict::unknown;
    const kept_access& attempted = entry.state.attempted;
    const message_state& message = messages_[entry.message].state;
    const access_verdict available =
        availability_of(message, message.find(attempted.recipient), time_);
    if (available != access_verdict::granted)
        return available;
    const kept_address* reader = reader_of(attempted.session.text, time_);
    return reader && *reader == attempted.recipient ? access_verdict::granted
                                                    : access_verdict::not_signed_in;
}

void ledger::rule(const event_id& id, const access_attempted& fact)
{
    if (attempt_of(id.text))
        return;
    const auto position = static_cast<std::uint32_t>(attempts_.size());
    attempt_entry& entry = attempts_.emplace_back();
    entry.id = kept_id(id);
    entry.message = position_of(fact.message.text).value_or(none);
    attempt_state& attempt = entry.state;
    attempt.attempted = kept(fact);
    attempt.seq = attempt.first_seq = applied_;
    attempt.time = attempt.first_time = time_;
    attempt.verdict = judge(entry);
    attempt.granted_once = attempt.verdict == access_verdict::granted;
    keep_attempt(position);
    if (attempt.granted_once && discloses(attempt))
        begin_read(entry);
}

void ledger::keep_attempt(std::uint32_t position)
{
    attempt_entry& entry = attempts_[position];
    kept_access& attempted = entry.state.attempted;
    entry.message = position_of(attempted.message.text).value_or(none);
    text_keeper::texts known;
    const recipient_state* reader = nullptr;
    if (entry.message != none) {
        const message_state& message = messages_[entry.message].state;
        reader = message.find(attempted.recipient);
        known[0] = message.accepted.message.text;
        known[1] = reader ? reader->accepted.mailbox.text() : std::string_view();
    }
    if (const opened_session* session = session_of(attempted.session.text))
        known[2] = session->session.text;
    text_keeper keeper(arena_, known);
    keeper.id("id", entry.id.text);
    describe(keeper, entry.state);
    attempt_index_.add(sum_(entry.id.text), position);
    if (!entry.state.granted_once)
        return;
    if (!reader)
        throw damaged_state("an attempt was granted to no reader of a message");
    entry.previous = std::exchange(messages_[entry.message].latest_attempt, position);
}

/// REQUIRES: the attempt is granted and discloses.
void ledger::begin_read(const attempt_entry& entry)
{
    recipient_state& reader = *messages_[entry.message].state.find(entry.state.attempted.recipient);
    ++reader.open_reads;
    reader.may_have_read = true;
}

void ledger::rule(const event_id&, const access_renewed& fact)
{
    attempt_entry* entry = attempt_of(fact.attempt.text);
    // A grant that was refused once is over: going on needs a new attempt.
    if (!entry || entry->state.closed || entry->state.verdict != access_verdict::granted)
        return;
    entry->state.verdict = judge(*entry);
    if (entry->state.verdict == access_verdict::granted) {
        entry->state.seq = applied_;
        entry->state.time = time_;
    }
}

void ledger::rule(const event_id&, const access_closed& fact)
{
    attempt_entry* entry = attempt_of(fact.attempt.text);
    if (!entry || entry->state.closed)
        return;
    entry->state.closed = true;
    entry->state.bytes = fact.bytes;
    if (entry->state.granted_once && discloses(entry->state))
        end_read(*entry);
}

/// REQUIRES: the attempt is granted, discloses and is just closed.
void ledger::end_read(const attempt_entry& entry)
{
    const attempt_state& attempt = entry.state;
    recipient_state* reader = messages_[entry.message].state.find(attempt.attempted.recipient);
    reader->may_have_read = --reader->open_reads > 0;
    if (attempt.bytes == 0)
        return;
    ++reader->reads;
    reader->first_read_at =
        std::min(reader->first_read_at.value_or(attempt.first_time), attempt.first_time);
}

ledger::attempt_entry* ledger::attempt_of(std::string_view attempt)
{
    const auto is = [&](std::uint32_t at) { return attempts_[at].id.text == attempt; };
    const auto found = attempt_index_.find(sum_(attempt), is);
    return found ? &attempts_[*found] : nullptr;
}

const attempt_state* ledger::find_attempt(const event_id& attempt) const
{
    const attempt_entry* entry = const_cast<ledger*>(this)->attempt_of(attempt.text);
    return entry ? &entry->state : nullptr;
}

} // namespace mail
