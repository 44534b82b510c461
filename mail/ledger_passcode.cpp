#include "mail/ledger.hpp"
#include "mail/ledger_fields.hpp"
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
    auto& issued = history_of(reader->accepted.mailbox).issued;
    forget_before(issued, passcode_issue_milliseconds, time_);
    if (issued.size() >= passcodes_in_a_window)
        return; // not counted either, so that asking again and again locks nobody out for longer
    issued.push_back(time_);
    challenges_.push_back({.issued = kept(fact), .time = time_});
    keep_challenge(static_cast<std::uint32_t>(challenges_.size() - 1));
}

void ledger::keep_challenge(std::uint32_t position)
{
    challenge_state& challenge = challenges_[position];
    const message_entry* entry = entry_of(challenge.issued.message.text);
    if (!entry)
        throw damaged_state("a passcode was issued for an unknown message");
    const recipient_state* reader = entry->state.find(challenge.issued.recipient);
    if (!reader)
        throw damaged_state("a passcode was issued for an unknown reader");
    text_keeper keeper(
        arena_, {entry->state.accepted.message.text, reader->accepted.mailbox.text()});
    describe(keeper, challenge);
    challenge_index_.add(sum_(challenge.issued.challenge.text), position);
}

void ledger::rule(const event_id& id, const passcode_tried& fact)
{
    if (passcode_try(id))
        return;
    const auto position = challenge_position(fact.challenge.text);
    const passcode_verdict verdict =
        position ? judge(challenges_[*position], fact) : passcode_verdict::unknown;
    rulings_.push_back({kept_id(id), verdict});
    keep_ruling(static_cast<std::uint32_t>(rulings_.size() - 1));
}

void ledger::keep_ruling(std::uint32_t position)
{
    passcode_ruling& ruling = rulings_[position];
    ruling.tried.text = arena_.keep(ruling.tried.text);
    ruling_index_.add(sum_(ruling.tried.text), position);
}

passcode_verdict ledger::judge(challenge_state& challenge, const passcode_tried& tried)
{
    auto& wrong = history_of(challenge.issued.recipient).wrong;
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
bool ledger::open_session(const session_hash& session, const kept_address& mailbox)
{
    if (session.empty())
        return false;
    opened_session* known = session_of(session.text);
    if (known && known->state.mailbox != mailbox)
        return false;
    if (!known) {
        known = &sessions_.emplace_back();
        known->session = kept_id(session);
        known->state.mailbox = mailbox;
        keep_session(static_cast<std::uint32_t>(sessions_.size() - 1));
    }
    known->state.opened = time_;
    known->state.ended = false;
    return true;
}

void ledger::keep_session(std::uint32_t position)
{
    opened_session& opened = sessions_[position];
    const passcode_history* history = find_history(opened.state.mailbox.key());
    text_keeper keeper(arena_, {history ? history->mailbox : std::string_view()});
    keeper.id("session", opened.session.text);
    describe(keeper, opened.state);
    session_index_.add(sum_(opened.session.text), position);
}

void ledger::rule(const event_id&, const session_ended& fact)
{
    if (opened_session* known = session_of(fact.session.text))
        known->state.ended = true;
}

const ledger::passcode_history* ledger::find_history(std::string_view mailbox) const
{
    const auto is = [&](std::uint32_t at) { return histories_[at].mailbox == mailbox; };
    const auto found = history_index_.find(sum_(mailbox), is);
    return found ? &histories_[*found] : nullptr;
}

/// REQUIRES: the mailbox is one that the ledger keeps.
ledger::passcode_history& ledger::history_of(const kept_address& mailbox)
{
    if (const passcode_history* known = find_history(mailbox.key()))
        return const_cast<passcode_history&>(*known);
    const auto position = static_cast<std::uint32_t>(histories_.size());
    history_index_.add(sum_(mailbox.key()), position);
    passcode_history& made = histories_.emplace_back();
    made.mailbox = mailbox.key();
    return made;
}

/// After reading.
void ledger::keep_history(std::uint32_t position)
{
    passcode_history& history = histories_[position];
    history.mailbox = arena_.keep(history.mailbox);
    history_index_.add(sum_(history.mailbox), position);
}

std::optional<std::uint32_t> ledger::challenge_position(std::string_view challenge) const
{
    return challenge_index_.find(sum_(challenge), [&](std::uint32_t at) {
        return challenges_[at].issued.challenge.text == challenge;
    });
}

const challenge_state* ledger::find_challenge(const challenge_id& challenge) const
{
    const auto found = challenge_position(challenge.text);
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
    const passcode_history* history = find_history(mailbox.key());
    if (!history)
        return 0;
    const auto recent = [&](bus_time then) {
        return then <= now && !older_than(then, passcode_issue_milliseconds, now);
    };
    return static_cast<std::uint32_t>(
        std::count_if(history->issued.begin(), history->issued.end(), recent));
}

ledger::opened_session* ledger::session_of(std::string_view session)
{
    const auto is = [&](std::uint32_t at) { return sessions_[at].session.text == session; };
    const auto found = session_index_.find(sum_(session), is);
    return found ? &sessions_[*found] : nullptr;
}

const session_state* ledger::find_session(const session_hash& session) const
{
    const opened_session* known = const_cast<ledger*>(this)->session_of(session.text);
    return known ? &known->state : nullptr;
}

const kept_address* ledger::signed_in(const session_hash& session, bus_time now) const
{
    return reader_of(session.text, now);
}

const kept_address* ledger::reader_of(std::string_view session, bus_time now) const
{
    const opened_session* known = const_cast<ledger*>(this)->session_of(session);
    if (!known || known->state.ended || older_than(known->state.opened, session_milliseconds, now))
        return nullptr;
    return &known->state.mailbox;
}

} // namespace mail
