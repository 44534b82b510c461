#include "cli/log_watch.hpp"
#include "tests/mail/story.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace {

using cli::log_watch;
using cli::parse_predicate;
using mail::test::mailbox;

/// A log as the bus would hand it over, watched from its first event.
class watched_log {
public:
    explicit watched_log(std::string_view predicate, std::uint64_t since = 0)
        : watch_(parse_predicate(predicate), since)
    {}

    void append(mail::event_body body)
    {
        ++seq_;
        const mail::event fact{{"event-" + std::to_string(seq_)}, "/test", std::move(body)};
        ledger_.apply(seq_, static_cast<mail::bus_time>(seq_) * 1000, fact);
        watch_.look(seq_, fact, ledger_);
    }

    void accept(const std::string& id, const std::string& header)
    {
        mail::message_accepted fact;
        fact.message.text = id;
        fact.message_id.text = header;
        fact.sender = mailbox("me@contoso.com");
        fact.subject = "Figures";
        fact.content.text = "00112233445566778899aabbccddeeff";
        mail::accepted_recipient recipient;
        recipient.mailbox = mailbox("carol@gmail.com");
        recipient.identity = mail::identity_type::google;
        recipient.client = mail::client_type::other;
        recipient.delivery = mail::delivery_mode::link;
        recipient.revocable = true;
        recipient.rule = "directory";
        recipient.reason = "no Outlook";
        recipient.link.text = std::string(63, 'a') + std::to_string(seq_ % 10);
        fact.recipients.push_back(recipient);
        append(fact);
    }

    void deliver(const std::string& id, mail::delivery_outcome outcome)
    {
        mail::delivery_attempted fact;
        fact.message = id;
        fact.recipient = mailbox("carol@gmail.com");
        fact.outcome = outcome;
        fact.smtp_reply = "250 2.0.0 ok";
        if (outcome == mail::delivery_outcome::deferred)
            fact.next_attempt = 60'000;
        append(fact);
    }

    std::uint64_t revoke(const std::string& id)
    {
        mail::message_revoked fact;
        fact.message.text = id;
        fact.actor = "operator";
        append(fact);
        return seq_;
    }

    void enforce(const std::string& id, std::uint64_t revoke_seq)
    {
        mail::revocation_enforced fact;
        fact.message.text = id;
        fact.revoke_seq = revoke_seq;
        fact.milliseconds = 12;
        append(fact);
    }

    const std::optional<cli::finding>& found() const { return watch_.found(); }
    std::string seen() const { return watch_.seen(); }

private:
    log_watch watch_;
    mail::ledger ledger_;
    std::uint64_t seq_ = 0;
};

TEST(log_watch, a_deferred_copy_is_not_delivered_and_a_delivered_one_is)
{
    watched_log log("delivered to Carol@Gmail.com");
    log.accept("m1", "<one@contoso.com>");
    log.deliver("m1", mail::delivery_outcome::deferred);
    EXPECT_FALSE(log.found());
    log.deliver("m1", mail::delivery_outcome::delivered);
    ASSERT_TRUE(log.found());
    EXPECT_EQ(log.found()->message, "m1");
    EXPECT_EQ(log.found()->seq, 3u);
    EXPECT_EQ(log.found()->text, "delivered to carol@gmail.com of m1: 250 2.0.0 ok");
}

TEST(log_watch, a_named_message_is_meant_alone)
{
    watched_log by_id("delivered to carol@gmail.com of m2");
    watched_log by_header("delivered to carol@gmail.com of <two@contoso.com>");
    for (watched_log* log : {&by_id, &by_header}) {
        log->accept("m1", "<one@contoso.com>");
        log->accept("m2", "<two@contoso.com>");
        log->deliver("m1", mail::delivery_outcome::delivered);
        EXPECT_FALSE(log->found());
        log->deliver("m2", mail::delivery_outcome::delivered);
        EXPECT_TRUE(log->found());
    }
}

TEST(log_watch, what_happened_before_since_does_not_count)
{
    watched_log log("accepted from me@contoso.com", 1);
    log.accept("m1", "<one@contoso.com>");
    EXPECT_FALSE(log.found());
    log.accept("m2", "<two@contoso.com>");
    ASSERT_TRUE(log.found());
    EXPECT_EQ(log.found()->message, "m2");
}

TEST(log_watch, a_revoke_is_in_force_when_enforced_and_no_more_after_another_or_a_restore)
{
    watched_log log("in force of m1");
    log.accept("m1", "<one@contoso.com>");
    const std::uint64_t first = log.revoke("m1");
    EXPECT_FALSE(log.found());
    log.enforce("m1", first);
    ASSERT_TRUE(log.found());
    EXPECT_EQ(log.found()->text, "in force of m1 after 12 ms");

    mail::message_restored restored;
    restored.message.text = "m1";
    restored.actor = "operator";
    log.append(restored);
    EXPECT_FALSE(log.found());

    const std::uint64_t second = log.revoke("m1");
    log.enforce("m1", first); // late: of the revoke before
    EXPECT_FALSE(log.found());
    log.enforce("m1", second);
    EXPECT_TRUE(log.found());
}

TEST(log_watch, a_restore_of_one_message_leaves_others_in_force)
{
    watched_log log("in force");
    for (const char* message : {"m1", "m2"}) {
        log.accept(message, std::string("<") + message + "@contoso.com>");
        log.enforce(message, log.revoke(message));
    }
    ASSERT_TRUE(log.found());
    EXPECT_EQ(log.found()->message, "m2");
    mail::message_restored restored;
    restored.message.text = "m2";
    restored.actor = "operator";
    log.append(restored);
    ASSERT_TRUE(log.found());
    EXPECT_EQ(log.found()->message, "m1");
}

TEST(log_watch, the_newest_passcode_is_meant)
{
    watched_log log("passcode for carol@gmail.com");
    log.accept("m1", "<one@contoso.com>");
    for (const char* reference : {"AAAA", "BBBB"}) {
        mail::passcode_issued fact;
        fact.challenge.text = std::string("challenge-") + reference;
        fact.message.text = "m1";
        fact.recipient = mailbox("carol@gmail.com");
        fact.reference = reference;
        fact.code_hash = std::string(64, '0');
        log.append(fact);
    }
    ASSERT_TRUE(log.found());
    EXPECT_EQ(log.found()->reference, "BBBB");
}

TEST(log_watch, a_passcode_beyond_the_limit_is_not_waited_for)
{
    watched_log log("passcode for carol@gmail.com");
    log.accept("m1", "<one@contoso.com>");
    for (int i = 0; i < 12; ++i) {
        mail::passcode_issued fact;
        fact.challenge.text = "challenge-" + std::to_string(i);
        fact.message.text = "m1";
        fact.recipient = mailbox("carol@gmail.com");
        fact.reference = "R" + std::to_string(i);
        fact.code_hash = std::string(64, '0');
        log.append(fact);
    }
    ASSERT_TRUE(log.found());
    EXPECT_EQ(log.found()->reference, "R9") << "the tenth";
}

TEST(log_watch, who_waits_in_vain_is_told_the_last_events)
{
    watched_log log("read by carol@gmail.com");
    EXPECT_EQ(log.seen(), "\n  no event at all");
    log.accept("m1", "<one@contoso.com>");
    log.deliver("m1", mail::delivery_outcome::delivered);
    EXPECT_EQ(log.seen(), "\n  1 sealpost.message.accepted\n  2 sealpost.delivery.attempted");
}

} // namespace
