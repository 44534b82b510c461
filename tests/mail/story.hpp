#pragma once

#include "mail/ledger.hpp"

#include <string>
#include <utility>
#include <vector>

namespace mail::test {

inline address mailbox(std::string_view text)
{
    return address::parse(text).value();
}

/// By way of what it writes; ledgers can't be copied.
inline ledger copy_of(const ledger& original)
{
    std::string octets;
    original.write([&](std::string_view piece) { octets += piece; });
    return ledger::read(octets);
}

inline const network_message_id first_message{"0190a000-0000-7000-8000-000000000001"};

/// A log written line by line: says what happened and when, keeps the events, applies each at once.
class story {
public:
    mail::ledger ledger;
    std::vector<std::pair<bus_time, event>> log;
    bus_time now = 1'800'000'000'000;

    event_id tell(event_body body)
    {
        event_id id{"event-" + std::to_string(log.size() + 1)};
        log.push_back({now, event{id, "/test", std::move(body)}});
        ledger.apply(log.size(), now, log.back().second);
        return id;
    }
    story copy() const
    {
        story result;
        result.ledger = copy_of(ledger);
        result.log = log;
        result.now = now;
        return result;
    }
    void wait(std::int64_t seconds) { now += seconds * 1000; }

    /// To `links` by link and to `inlines` inline; every link's locator is "locator of ADDRESS".
    void accept(
        const std::vector<std::string>& links,
        const std::vector<std::string>& inlines = {},
        std::int64_t expiry_seconds = 0,
        const network_message_id& message = first_message)
    {
        message_accepted fact;
        fact.message = message;
        fact.message_id.text = "<1@example.com>";
        fact.sender = mailbox("alice@example.com");
        fact.subject = "Numbers";
        fact.size = 1234;
        fact.content.text = "00112233445566778899aabbccddeeff";
        fact.expiry_seconds = expiry_seconds;
        for (const std::string& link : links)
            fact.recipients.push_back(recipient(link, delivery_mode::link));
        for (const std::string& in_line : inlines)
            fact.recipients.push_back(recipient(in_line, delivery_mode::in_line));
        tell(fact);
    }
    static accepted_recipient recipient(const std::string& text, delivery_mode delivery)
    {
        accepted_recipient result;
        result.mailbox = mailbox(text);
        result.identity = identity_type::google;
        result.client = client_type::other;
        result.delivery = delivery;
        result.revocable = delivery == delivery_mode::link;
        result.rule = "directory";
        result.reason = "The directory says so.";
        if (delivery == delivery_mode::link)
            result.link.text = "locator of " + text;
        return result;
    }

    event_id deliver(const std::string& to, delivery_outcome outcome = delivery_outcome::delivered)
    {
        delivery_attempted fact{first_message.text, mailbox(to), outcome, "250 2.0.0 ok", {}};
        if (outcome == delivery_outcome::deferred)
            fact.next_attempt = now + 60'000;
        return tell(fact);
    }

    void issue(
        const std::string& to, const std::string& challenge, std::int64_t valid_seconds = 900)
    {
        passcode_issued fact;
        fact.challenge.text = challenge;
        fact.message = first_message;
        fact.recipient = mailbox(to);
        fact.valid_seconds = valid_seconds;
        tell(fact);
    }
    passcode_verdict try_code(
        const std::string& challenge, bool right, const std::string& session = "s")
    {
        return ledger.passcode_try(tell(passcode_tried{{challenge}, right, {session}})).value();
    }
    /// Signs `who` in with a passcode of their own.
    void sign_in(const std::string& who, const std::string& session)
    {
        const std::string challenge = "challenge " + std::to_string(log.size());
        issue(who, challenge);
        try_code(challenge, true, session);
    }

    event_id attempt(
        const std::string& who,
        const std::string& session,
        access_kind what = access_kind::view,
        const network_message_id& message = first_message)
    {
        return tell(access_attempted{message, mailbox(who), {session}, "portal-1", what, "", {}});
    }
    access_verdict verdict_of(const event_id& attempt) const
    {
        return ledger.find_attempt(attempt)->verdict;
    }
    access_verdict try_access(const std::string& who, const std::string& session)
    {
        return verdict_of(attempt(who, session));
    }
    void close(const event_id& attempt, std::uint64_t bytes)
    {
        tell(access_closed{attempt, bytes, "complete"});
    }

    std::uint64_t revoke(
        const std::vector<std::string>& recipients = {}, const std::string& note = "")
    {
        message_revoked fact;
        fact.message = first_message;
        for (const std::string& recipient : recipients)
            fact.recipients.push_back(mailbox(recipient));
        fact.actor = "admin";
        fact.reason = "wrong recipient";
        fact.note = note;
        tell(fact);
        return ledger.applied();
    }
    void restore(const std::vector<std::string>& recipients = {})
    {
        message_restored fact;
        fact.message = first_message;
        for (const std::string& recipient : recipients)
            fact.recipients.push_back(mailbox(recipient));
        fact.actor = "admin";
        tell(fact);
    }

    const message_state& message() const { return *ledger.find(first_message); }
    const recipient_state& reader(const std::string& who) const
    {
        return *message().find(mailbox(who));
    }
};

} // namespace mail::test
