#include "mail/checksum.hpp"
#include "mail/ledger.hpp"
#include "mail/ledger_fields.hpp"
#include "mail/packed_state.hpp"

#include <array>
#include <string>

/// What a ledger is made of, said once: for its digest, for a snapshot, and for reading one.
namespace mail {

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
        in.id("id", attempt.id.text);
        describe(in, attempt.state);
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
    fields.each(self.histories_, [&](auto& in, auto& history) {
        in.id("mailbox", history.mailbox);
        in.each(history.issued, time);
        in.each(history.wrong, time);
    });
}

template <class Fields, class Ledger>
void ledger::describe_all(Fields& fields, Ledger& self)
{
    fields.constant("sealpost ledger 3");
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
    result.keep_everything();
    return result;
}

ledger ledger::read(std::string_view octets, std::uint64_t applied)
{
    ledger result = read(octets);
    if (result.applied() != applied)
        throw damaged_state(
            "the ledger is that of event " + std::to_string(result.applied()) + ", not of " +
            std::to_string(applied));
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

/// After reading: each in front of those that refer to it.
void ledger::keep_everything()
{
    const auto keep_each = [this](auto& records, position_index& names, auto keep) {
        names.reserve(records.size());
        for (std::uint32_t at = 0; at < records.size(); ++at)
            (this->*keep)(at);
    };
    message_id_index_.reserve(messages_.size());
    keep_each(messages_, message_index_, &ledger::keep_message);
    keep_each(submissions_, submission_index_, &ledger::keep_submission);
    keep_each(challenges_, challenge_index_, &ledger::keep_challenge);
    keep_each(rulings_, ruling_index_, &ledger::keep_ruling);
    keep_each(histories_, history_index_, &ledger::keep_history);
    keep_each(sessions_, session_index_, &ledger::keep_session);
    keep_each(attempts_, attempt_index_, &ledger::keep_attempt);
    for (std::uint32_t at = 0; at < revokes_.size(); ++at)
        keep_revoke(at);
}

} // namespace mail
