#include "mail/checksum.hpp"
#include "mail/event_fields.hpp"
#include "mail/ledger.hpp"
#include "mail/packed_state.hpp"

#include <array>

/// What a ledger is made of, said once: for its digest, for a snapshot, and for reading one.
namespace mail {

template <class Fields, of<recipient_state> State>
void describe(Fields& fields, State& state)
{
    describe(fields, state.accepted);
    fields.choice("status", state.status);
    fields.count("attempts", state.attempts);
    fields.milliseconds("next_attempt", state.next_attempt);
    fields.text("smtp_reply", state.smtp_reply);
    fields.flag("failure_notice_sent", state.failure_notice_sent);
    fields.flag("revoked", state.revoked);
    fields.text("note", state.note);
    fields.count("reads", state.reads);
    fields.moment("first_read_at", state.first_read_at);
    fields.flag("may_have_read", state.may_have_read);
    fields.count("open_reads", state.open_reads);
}

template <class Fields, of<message_state> State>
void describe(Fields& fields, State& state)
{
    describe(fields, state.accepted);
    fields.count("seq", state.seq);
    fields.milliseconds("time", state.time);
    fields.list("recipients", state.recipients);
}

template <class Fields, of<submission_state> State>
void describe(Fields& fields, State& state)
{
    fields.id("id", state.id.text);
    describe(fields, state.submitted);
    fields.milliseconds("time", state.time);
    fields.list("recipients", state.recipients);
}

template <class Fields, of<attempt_state> State>
void describe(Fields& fields, State& state)
{
    describe(fields, state.attempted);
    fields.count("seq", state.seq);
    fields.milliseconds("time", state.time);
    fields.count("first_seq", state.first_seq);
    fields.milliseconds("first_time", state.first_time);
    fields.choice("verdict", state.verdict);
    fields.flag("granted_once", state.granted_once);
    fields.flag("closed", state.closed);
    fields.count("bytes", state.bytes);
}

template <class Fields, of<challenge_state> State>
void describe(Fields& fields, State& state)
{
    describe(fields, state.issued);
    fields.milliseconds("time", state.time);
    fields.count("tries", state.tries);
    fields.flag("used", state.used);
}

template <class Fields, of<session_state> State>
void describe(Fields& fields, State& state)
{
    fields.address("mailbox", state.mailbox);
    fields.milliseconds("opened", state.opened);
    fields.flag("ended", state.ended);
}

template <class Fields, of<revoke_state> State>
void describe(Fields& fields, State& state)
{
    fields.count("seq", state.seq);
    describe(fields, state.revoked);
    fields.flag("enforced", state.enforced);
}

template <class Fields, class Ledger>
void ledger::describe_directory(Fields& fields, Ledger& self)
{
    const auto described = [](auto& in, auto& entry) { describe(in, entry); };
    describe(fields, self.organisation_);
    fields.table(self.domains_, described);
    fields.table(self.directory_, described);
}

template <class Fields, class Ledger>
void ledger::describe_messages(Fields& fields, Ledger& self)
{
    fields.each(self.messages_, [](auto& in, auto& entry) { describe(in, entry.state); });
    fields.list("submissions", self.submissions_);
    fields.list("revokes", self.revokes_);
}

template <class Fields, class Ledger>
void ledger::describe_access(Fields& fields, Ledger& self)
{
    fields.each(self.attempts_, [](auto& in, auto& attempt) {
        in.id("id", attempt.first.text);
        describe(in, attempt.second);
    });
    fields.list("challenges", self.challenges_);
    fields.each(self.rulings_, [](auto& in, auto& ruling) {
        in.id("tried", ruling.tried.text);
        in.choice("verdict", ruling.verdict);
    });
    fields.each(self.sessions_, [](auto& in, auto& opened) {
        in.id("session", opened.session.text);
        describe(in, opened.state);
    });
    const auto time = [](auto& in, auto& then) { in.milliseconds("then", then); };
    fields.table(self.histories_, [&](auto& in, auto& history) {
        in.each(history.issued, time);
        in.each(history.wrong, time);
    });
}

template <class Fields, class Ledger>
void ledger::describe_all(Fields& fields, Ledger& self)
{
    fields.constant("sealpost ledger 2");
    fields.count("applied", self.applied_);
    fields.milliseconds("time", self.time_);
    fields.text("first", self.first_.text);
    describe_directory(fields, self);
    describe_messages(fields, self);
    describe_access(fields, self);
    fields.finish();
}

std::string ledger::digest() const
{
    checksum sum;
    write([&](std::string_view octets) { sum.add(octets); });
    return sum.hexadecimal();
}

void ledger::write(const octet_sink& to) const
{
    state_writer fields(to);
    describe_all(fields, *this);
}

ledger ledger::read(std::string_view octets)
{
    ledger result;
    state_reader fields(octets);
    describe_all(fields, result);
    result.make_sums();
    result.index_everything();
    return result;
}

void ledger::make_sums()
{
    checksum sum;
    sum.add(first_.text);
    std::array<std::uint64_t, 2> key{};
    const auto octets = sum.octets();
    for (std::size_t i = 0; i < 8 * key.size(); ++i)
        key[i / 8] = key[i / 8] << 8 | octets[i];
    sum_ = sip_hash(key[0], key[1]);
}

/// What `rule` notes beside the records themselves.
void ledger::index_everything()
{
    const auto index = [this](position_index& names, const auto& records, const auto& name_of) {
        names.reserve(records.size());
        std::uint32_t at = 0;
        for (const auto& record : records)
            names.add(sum_(name_of(record).text), at++);
    };
    for (std::uint32_t at = 0; at < messages_.size(); ++at)
        index_message(at);
    index(submission_index_, submissions_, [](const auto& s) { return s.id; });
    index(attempt_index_, attempts_, [](const auto& a) { return a.first; });
    index(challenge_index_, challenges_, [](const auto& c) { return c.issued.challenge; });
    index(ruling_index_, rulings_, [](const auto& r) { return r.tried; });
    index(session_index_, sessions_, [](const auto& s) { return s.session; });
    for (std::uint32_t at = 0; at < attempts_.size(); ++at) {
        if (attempts_[at].second.granted_once)
            note_grant(at);
    }
    for (std::uint32_t at = 0; at < revokes_.size(); ++at)
        note_revoke(at);
}

/// The message's entry is told of a granted attempt.
void ledger::note_grant(std::uint32_t position)
{
    const attempt_state& attempt = attempts_[position].second;
    message_entry* entry = entry_of(attempt.attempted.message.text);
    if (!entry)
        throw damaged_state("an attempt was granted on an unknown message");
    entry->attempts.push_back(position);
    if (!attempt.closed)
        entry->open_grants.push_back(position);
}

void ledger::note_revoke(std::uint32_t position)
{
    const revoke_state& revoke = revokes_[position];
    message_entry* entry = entry_of(revoke.revoked.message.text);
    if (!entry)
        throw damaged_state("an unknown message was revoked");
    entry->latest_revoke = position;
    if (!revoke.enforced)
        unenforced_.emplace(revoke.seq, position);
}

} // namespace mail
