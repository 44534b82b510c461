#include "mail/ledger.hpp"
#include "mail/ledger_time.hpp"

#include <algorithm>

/// Who may see what: attempts, their renewals and their closes. Nothing is disclosed but by these
/// rulings.
namespace mail {

bool discloses(const attempt_state& attempt)
{
    return attempt.attempted.what == access_kind::view ||
           attempt.attempted.what == access_kind::attachment;
}

access_verdict ledger::availability(
    const network_message_id& message, const address& recipient, bus_time now) const
{
    const message_state* state = find(message);
    const recipient_state* reader = state ? state->find(recipient) : nullptr;
    if (!reader || reader->accepted.delivery != delivery_mode::link)
        return access_verdict::unknown;
    if (reader->revoked)
        return access_verdict::revoked;
    if (state->expired_at(now))
        return access_verdict::expired;
    return access_verdict::granted;
}

access_verdict ledger::judge(const access_attempted& attempted) const
{
    const access_verdict available = availability(attempted.message, attempted.recipient, time_);
    if (available != access_verdict::granted)
        return available;
    const address* reader = signed_in(attempted.session, time_);
    return reader && *reader == attempted.recipient ? access_verdict::granted
                                                    : access_verdict::not_signed_in;
}

void ledger::rule(const event_id& id, const access_attempted& fact)
{
    if (attempt_of(id))
        return;
    const auto position = static_cast<std::uint32_t>(attempts_.size());
    attempt_state& attempt = attempts_.emplace_back(id, attempt_state{}).second;
    attempt.attempted = fact;
    attempt.seq = attempt.first_seq = applied_;
    attempt.time = attempt.first_time = time_;
    attempt.verdict = judge(fact);
    attempt.granted_once = attempt.verdict == access_verdict::granted;
    attempt_index_.add(sum_(id.text), position);
    if (attempt.granted_once)
        grant(attempt, position);
}

void ledger::grant(const attempt_state& attempt, std::uint32_t position)
{
    note_grant(position);
    if (!discloses(attempt))
        return;
    message_entry& entry = *entry_of(attempt.attempted.message.text);
    recipient_state& reader = *entry.state.find(attempt.attempted.recipient);
    ++reader.open_reads;
    reader.may_have_read = true;
}

void ledger::rule(const event_id&, const access_renewed& fact)
{
    attempt_state* attempt = attempt_of(fact.attempt);
    // A grant that was refused once is over: going on needs a new attempt.
    if (!attempt || attempt->closed || attempt->verdict != access_verdict::granted)
        return;
    attempt->verdict = judge(attempt->attempted);
    if (attempt->verdict == access_verdict::granted) {
        attempt->seq = applied_;
        attempt->time = time_;
    }
}

void ledger::rule(const event_id&, const access_closed& fact)
{
    attempt_state* attempt = attempt_of(fact.attempt);
    if (!attempt || attempt->closed)
        return;
    attempt->closed = true;
    attempt->bytes = fact.bytes;
    if (attempt->granted_once)
        end_grant(fact.attempt, *attempt);
}

void ledger::end_grant(const event_id& id, const attempt_state& attempt)
{
    message_entry& entry = *entry_of(attempt.attempted.message.text);
    std::erase_if(entry.open_grants, [&](std::uint32_t at) { return attempts_[at].first == id; });
    if (!discloses(attempt))
        return;
    recipient_state& reader = *entry.state.find(attempt.attempted.recipient);
    reader.may_have_read = --reader.open_reads > 0;
    if (attempt.bytes == 0)
        return;
    ++reader.reads;
    reader.first_read_at =
        std::min(reader.first_read_at.value_or(attempt.first_time), attempt.first_time);
}

attempt_state* ledger::attempt_of(const event_id& attempt)
{
    return const_cast<attempt_state*>(std::as_const(*this).find_attempt(attempt));
}

const attempt_state* ledger::find_attempt(const event_id& attempt) const
{
    const auto is = [&](std::uint32_t at) { return attempts_[at].first == attempt; };
    const auto found = attempt_index_.find(sum_(attempt.text), is);
    return found ? &attempts_[*found].second : nullptr;
}

} // namespace mail
