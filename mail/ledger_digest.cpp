#include "mail/checksum.hpp"
#include "mail/event_fields.hpp"
#include "mail/ledger.hpp"

namespace mail {

/// The state in a canonical form, summed up: every text with its length in front, every number in 8
/// octets. Walks events through `describe` as the JSON writer does.
class state_digest {
public:
    std::string finish() { return sum_.hexadecimal(); }

    void number(std::uint64_t value)
    {
        char octets[8];
        for (std::size_t i = 0; i < sizeof octets; ++i)
            octets[i] = static_cast<char>(value >> (8 * i));
        sum_.add({octets, sizeof octets});
    }
    void words(std::string_view text)
    {
        number(text.size());
        sum_.add(text);
    }
    void mailbox(const mail::address& value) { words(value.text()); }

    void id(const char*, const std::string& text) { words(text); }
    void text(const char*, const std::string& text) { words(text); }
    void address(const char*, const mail::address& value) { mailbox(value); }
    void sender(const char*, const mail::address& value) { mailbox(value); }
    void choice(const char*, auto value) { number(static_cast<std::uint64_t>(value)); }
    void flag(const char*, bool value) { number(value); }
    void mark(const char*, bool value) { number(value); }
    void count(const char*, std::uint64_t value) { number(value); }
    void seconds(const char*, std::int64_t value) { number(static_cast<std::uint64_t>(value)); }
    void milliseconds(const char*, std::int64_t value)
    {
        number(static_cast<std::uint64_t>(value));
    }
    void moment(const char*, const std::optional<bus_time>& value)
    {
        number(value.has_value());
        number(static_cast<std::uint64_t>(value.value_or(0)));
    }
    void addresses(const char*, const std::vector<mail::address>& mailboxes)
    {
        number(mailboxes.size());
        for (const mail::address& value : mailboxes)
            mailbox(value);
    }
    template <class Entry>
    void list(const char*, const std::vector<Entry>& entries)
    {
        number(entries.size());
        for (const Entry& entry : entries)
            describe(*this, entry);
    }

private:
    checksum sum_;
};

namespace {

void add(state_digest& sum, bus_time time)
{
    sum.number(static_cast<std::uint64_t>(time));
}

void add(state_digest& sum, const recipient_state& recipient)
{
    describe(sum, recipient.accepted);
    sum.choice("", recipient.status);
    sum.number(recipient.attempts);
    add(sum, recipient.next_attempt);
    sum.words(recipient.smtp_reply);
    sum.number(recipient.failure_notice_sent);
    sum.number(recipient.revoked);
    sum.words(recipient.note);
    sum.number(recipient.reads);
    sum.moment("", recipient.first_read_at);
    sum.number(recipient.may_have_read);
    sum.number(recipient.open_reads);
}

void add(state_digest& sum, const std::vector<recipient_state>& recipients)
{
    sum.number(recipients.size());
    for (const recipient_state& recipient : recipients)
        add(sum, recipient);
}

void add(state_digest& sum, const message_state& message)
{
    describe(sum, message.accepted);
    sum.number(message.seq);
    add(sum, message.time);
    add(sum, message.recipients);
}

void add(state_digest& sum, const submission_state& submission)
{
    sum.words(submission.id.text);
    describe(sum, submission.submitted);
    add(sum, submission.time);
    add(sum, submission.recipients);
}

void add(state_digest& sum, const attempt_state& attempt)
{
    describe(sum, attempt.attempted);
    sum.number(attempt.first_seq);
    add(sum, attempt.first_time);
    sum.number(attempt.seq);
    add(sum, attempt.time);
    sum.choice("", attempt.verdict);
    sum.number(attempt.granted_once);
    sum.number(attempt.closed);
    sum.number(attempt.bytes);
}

void add(state_digest& sum, const challenge_state& challenge)
{
    describe(sum, challenge.issued);
    add(sum, challenge.time);
    sum.number(challenge.tries);
    sum.number(challenge.used);
}

void add(state_digest& sum, const session_state& session)
{
    sum.mailbox(session.mailbox);
    add(sum, session.opened);
    sum.number(session.ended);
}

void add(state_digest& sum, const revoke_state& revoke)
{
    sum.number(revoke.seq);
    describe(sum, revoke.revoked);
    sum.number(revoke.enforced);
}

void add(state_digest& sum, const std::vector<bus_time>& times)
{
    sum.number(times.size());
    for (const bus_time time : times)
        add(sum, time);
}

} // namespace

std::string ledger::digest() const
{
    state_digest sum;
    sum.words("sealpost ledger 1");
    sum.number(applied_);
    add(sum, time_);
    digest_directory(sum);
    digest_messages(sum);
    digest_access(sum);
    return sum.finish();
}

void ledger::digest_directory(state_digest& sum) const
{
    describe(sum, organisation_);
    sum.number(domains_.size());
    for (const auto& [key, entry] : domains_)
        describe(sum, entry);
    sum.number(directory_.size());
    for (const auto& [key, entry] : directory_)
        describe(sum, entry);
}

void ledger::digest_messages(state_digest& sum) const
{
    sum.number(messages_.size());
    for (const message_entry& entry : messages_)
        add(sum, entry.state);
    sum.number(submissions_.size());
    for (const submission_state& submission : submissions_)
        add(sum, submission);
    sum.number(revokes_.size());
    for (const revoke_state& revoke : revokes_)
        add(sum, revoke);
}

void ledger::digest_access(state_digest& sum) const
{
    sum.number(attempts_.size());
    for (const auto& [id, attempt] : attempts_) {
        sum.words(id.text);
        add(sum, attempt);
    }
    sum.number(challenges_.size());
    for (const challenge_state& challenge : challenges_)
        add(sum, challenge);
    sum.number(rulings_.size());
    for (const passcode_ruling& ruling : rulings_) {
        sum.words(ruling.tried.text);
        sum.choice("", ruling.verdict);
    }
    sum.number(sessions_.size());
    for (const opened_session& opened : sessions_) {
        sum.words(opened.session.text);
        add(sum, opened.state);
    }
    sum.number(histories_.size());
    for (const auto& [key, history] : histories_) {
        sum.words(key);
        add(sum, history.issued);
        add(sum, history.wrong);
    }
}

} // namespace mail
