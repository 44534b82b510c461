#include "mail/ledger.hpp"
#include "mail/ledger_time.hpp"

#include <algorithm>

/// Signing in: what a passcode opens, and how often somebody may be wrong.
namespace mail {
namespace {

void forget_before(std::vector<bus_time>& times, bus_time milliseconds, bus_time now)
{
    std::erase_if(times, [&](bus_time then) { return older_than(then, milliseconds, now); });
}

} // namespace

void ledger::rule(const event_id&, const passcode_issued& fact)
{
    const message_state* message = find(fact.message);
    const recipient_state* reader = message ? message->find(fact.recipient) : nullptr;
    if (!reader || reader->accepted.delivery != delivery_mode::link ||
        find_challenge(fact.challenge))
        return;
    auto& issued = histories_[fact.recipient.key()].issued;
    forget_before(issued, passcode_issue_milliseconds, time_);
    if (issued.size() >= passcodes_in_a_window)
        return; // not counted either, so that asking again and again locks nobody out for longer
    issued.push_back(time_);
    challenge_index_.add(sum_(fact.challenge.text), static_cast<std::uint32_t>(challenges_.size()));
    challenges_.push_back({.issued = fact, .time = time_});
}

void ledger::rule(const event_id& id, const passcode_tried& fact)
{
    if (passcode_try(id))
        return;
    const auto position = challenge_position(fact.challenge);
    const passcode_verdict verdict =
        position ? judge(challenges_[*position], fact) : passcode_verdict::unknown;
    ruling_index_.add(sum_(id.text), static_cast<std::uint32_t>(rulings_.size()));
    rulings_.push_back({id, verdict});
}

passcode_verdict ledger::judge(challenge_state& challenge, const passcode_tried& tried)
{
    auto& wrong = histories_[challenge.issued.recipient.key()].wrong;
    forget_before(wrong, passcode_history_milliseconds, time_);
    if (challenge.tries >= passcode_tries)
        return passcode_verdict::too_many_tries;
    ++challenge.tries;
    if (challenge.used)
        return passcode_verdict::used;
    if (time_ > after_seconds(challenge.time, challenge.issued.valid_seconds))
        return passcode_verdict::expired;
    if (wrong.size() >= passcode_tries_a_day)
        return passcode_verdict::too_many_tries;
    if (!tried.right) {
        wrong.push_back(time_);
        return passcode_verdict::wrong;
    }
    if (!open_session(tried.session, challenge.issued.recipient))
        return passcode_verdict::unknown;
    challenge.used = true;
    return passcode_verdict::opened;
}

/// False when that session belongs to another mailbox.
bool ledger::open_session(const session_hash& session, const address& mailbox)
{
    if (session.empty())
        return false;
    opened_session* known = session_of(session);
    if (known && known->state.mailbox != mailbox)
        return false;
    if (!known) {
        session_index_.add(sum_(session.text), static_cast<std::uint32_t>(sessions_.size()));
        known = &sessions_.emplace_back();
        known->session = session;
        known->state.mailbox = mailbox;
    }
    known->state.opened = time_;
    known->state.ended = false;
    return true;
}

void ledger::rule(const event_id&, const session_ended& fact)
{
    if (opened_session* known = session_of(fact.session))
        known->state.ended = true;
}

std::optional<std::uint32_t> ledger::challenge_position(const challenge_id& challenge) const
{
    return challenge_index_.find(sum_(challenge.text), [&](std::uint32_t at) {
        return challenges_[at].issued.challenge == challenge;
    });
}

const challenge_state* ledger::find_challenge(const challenge_id& challenge) const
{
    const auto found = challenge_position(challenge);
    return found ? &challenges_[*found] : nullptr;
}

std::optional<passcode_verdict> ledger::passcode_try(const event_id& tried) const
{
    const auto is = [&](std::uint32_t at) { return rulings_[at].tried == tried; };
    const auto found = ruling_index_.find(sum_(tried.text), is);
    return found ? std::optional(rulings_[*found].verdict) : std::nullopt;
}

std::uint32_t ledger::passcodes_issued(const address& mailbox, bus_time now) const
{
    const auto found = histories_.find(mailbox.key());
    if (found == histories_.end())
        return 0;
    const auto& issued = found->second.issued;
    const auto recent = [&](bus_time then) {
        return then <= now && !older_than(then, passcode_issue_milliseconds, now);
    };
    return static_cast<std::uint32_t>(std::count_if(issued.begin(), issued.end(), recent));
}

ledger::opened_session* ledger::session_of(const session_hash& session)
{
    const auto is = [&](std::uint32_t at) { return sessions_[at].session == session; };
    const auto found = session_index_.find(sum_(session.text), is);
    return found ? &sessions_[*found] : nullptr;
}

const session_state* ledger::find_session(const session_hash& session) const
{
    const opened_session* known = const_cast<ledger*>(this)->session_of(session);
    return known ? &known->state : nullptr;
}

const address* ledger::signed_in(const session_hash& session, bus_time now) const
{
    const session_state* state = find_session(session);
    if (!state || state->ended || older_than(state->opened, session_milliseconds, now))
        return nullptr;
    return &state->mailbox;
}

} // namespace mail
