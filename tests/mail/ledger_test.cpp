#include "mail/ledger.hpp"
#include "tests/mail/story.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <ctime>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace mail {
namespace {

using test::first_message;
using test::mailbox;
using test::story;

TEST(ledger, applies_events_in_their_order_alone)
{
    mail::ledger ledger;
    const event nothing{{"e"}, "/x", unknown_event{"sealpost.future"}};
    EXPECT_THROW(ledger.apply(0, 5, nothing), std::logic_error);
    EXPECT_THROW(ledger.apply(2, 5, nothing), std::logic_error);
    ledger.apply(1, 5, nothing);
    EXPECT_THROW(ledger.apply(1, 5, nothing), std::logic_error);
    EXPECT_THROW(ledger.apply(2, 4, nothing), std::logic_error);
    ledger.apply(2, 5, nothing);
    EXPECT_EQ(ledger.applied(), 2U);
    EXPECT_EQ(ledger.time(), 5);
}

TEST(ledger, knows_an_accepted_message)
{
    story s;
    s.accept({"bob@gmail.com"}, {"carol@office.example"});
    ASSERT_NE(s.ledger.find(first_message), nullptr);
    EXPECT_EQ(s.message().seq, 1U);
    EXPECT_EQ(s.message().time, s.now);
    EXPECT_EQ(s.message().accepted.subject, "Numbers");
    ASSERT_EQ(s.message().recipients.size(), 2U);
    EXPECT_EQ(s.reader("BOB@gmail.com").status, delivery_status::pending);
    EXPECT_EQ(s.message().find(mailbox("dan@example.org")), nullptr);
    EXPECT_EQ(s.ledger.find({"another"}), nullptr);
}

TEST(ledger, ignores_a_second_message_of_the_same_network_id)
{
    story s;
    s.accept({"bob@gmail.com"});
    s.accept({"eve@gmail.com"});
    EXPECT_EQ(s.message().find(mailbox("eve@gmail.com")), nullptr);
    EXPECT_FALSE(s.ledger.find_link({"locator of eve@gmail.com"}));
    EXPECT_EQ(s.ledger.with_message_id({"<1@example.com>"}).size(), 1U);
}

TEST(ledger, keeps_a_recipient_once)
{
    story s;
    s.accept({"bob@gmail.com", "BOB@gmail.com"});
    EXPECT_EQ(s.message().recipients.size(), 1U);
}

TEST(ledger, lists_all_that_share_a_message_id_in_their_order)
{
    story s;
    s.accept({"bob@gmail.com"}, {}, 0, {"z"});
    s.accept({"bob@gmail.com"}, {}, 0, {"a"});
    s.accept({"bob@gmail.com"}, {}, 0, {"m"});
    const std::vector<network_message_id> in_order{{"z"}, {"a"}, {"m"}};
    EXPECT_EQ(s.ledger.with_message_id({"<1@example.com>"}), in_order);
    EXPECT_EQ(test::copy_of(s.ledger).with_message_id({"<1@example.com>"}), in_order);
    EXPECT_TRUE(s.ledger.with_message_id({"<2@example.com>"}).empty());
}

/// Processor time of applying so many messages.
std::clock_t time_of(std::uint64_t accepted, const std::function<std::string(std::uint64_t)>& id_of)
{
    message_accepted fact;
    fact.recipients.emplace_back().mailbox = mailbox("bob@gmail.com");
    mail::ledger ledger;
    const std::clock_t began = std::clock();
    for (std::uint64_t seq = 1; seq <= accepted; ++seq) {
        fact.message.text = "message " + std::to_string(seq);
        fact.message_id.text = id_of(seq);
        ledger.apply(seq, 1, {{"event"}, "/gateway", fact});
    }
    return std::clock() - began;
}

TEST(ledger, is_not_slowed_down_by_senders_who_give_one_message_id_to_all)
{
    constexpr std::uint64_t many = 40'000;
    const auto own = [](std::uint64_t seq) { return "<" + std::to_string(seq) + "@example.com>"; };
    const auto same = [](std::uint64_t) { return "<1@example.com>"; };
    EXPECT_LT(time_of(many, same), 4 * time_of(many, own));
}

TEST(ledger, finds_the_reader_of_a_link)
{
    story s;
    s.accept({"bob@gmail.com", "dan@example.org"}, {"carol@office.example"});
    const auto target = s.ledger.find_link({"locator of dan@example.org"});
    ASSERT_TRUE(target);
    EXPECT_EQ(target->message, first_message);
    EXPECT_EQ(target->recipient, mailbox("dan@example.org"));
    EXPECT_FALSE(s.ledger.find_link({"locator of carol@office.example"}));
    EXPECT_FALSE(s.ledger.find_link({""}));
}

TEST(ledger, visits_messages_in_the_order_of_the_log_until_told_to_stop)
{
    story s;
    for (const char* id : {"c", "a", "b"})
        s.accept({"bob@gmail.com"}, {}, 0, {id});
    std::string seen;
    s.ledger.for_each_message([&](const message_state& message) {
        seen += message.accepted.message.text;
        return seen.size() < 2;
    });
    EXPECT_EQ(seen, "ca");
}

TEST(ledger, follows_a_delivery_until_it_is_final)
{
    story s;
    s.accept({"bob@gmail.com"});
    s.deliver("bob@gmail.com", delivery_outcome::deferred);
    EXPECT_EQ(s.reader("bob@gmail.com").status, delivery_status::deferred);
    EXPECT_EQ(s.reader("bob@gmail.com").next_attempt, s.now + 60'000);
    EXPECT_EQ(s.reader("bob@gmail.com").attempts, 1U);
    s.deliver("bob@gmail.com");
    EXPECT_EQ(s.reader("bob@gmail.com").status, delivery_status::delivered);
    EXPECT_EQ(s.reader("bob@gmail.com").next_attempt, 0);
    EXPECT_EQ(s.reader("bob@gmail.com").smtp_reply, "250 2.0.0 ok");
    s.deliver("bob@gmail.com", delivery_outcome::failed);
    EXPECT_EQ(s.reader("bob@gmail.com").status, delivery_status::delivered);
    EXPECT_EQ(s.reader("bob@gmail.com").attempts, 2U);
}

TEST(ledger, never_delivers_what_has_failed)
{
    story s;
    s.accept({"bob@gmail.com"});
    s.deliver("bob@gmail.com", delivery_outcome::failed);
    s.deliver("bob@gmail.com", delivery_outcome::delivered);
    EXPECT_EQ(s.reader("bob@gmail.com").status, delivery_status::failed);
}

TEST(ledger, notes_that_the_sender_knows_of_a_failure)
{
    story s;
    s.accept({"bob@gmail.com"});
    s.deliver("bob@gmail.com", delivery_outcome::failed);
    delivery_attempted notice{
        first_message.text,
        mailbox("bob@gmail.com"),
        delivery_outcome::deferred,
        "450 later",
        {},
        true};
    s.tell(notice);
    EXPECT_FALSE(s.reader("bob@gmail.com").failure_notice_sent);
    notice.outcome = delivery_outcome::delivered;
    s.tell(notice);
    EXPECT_TRUE(s.reader("bob@gmail.com").failure_notice_sent);
    EXPECT_EQ(s.reader("bob@gmail.com").status, delivery_status::failed);
    EXPECT_EQ(s.reader("bob@gmail.com").attempts, 1U);
}

TEST(ledger, follows_submitted_mail_by_its_event_id)
{
    story s;
    const event_id id = s.tell(
        mail_submitted{submission_kind::passcode, {"c0de"}, "m", {mailbox("bob@gmail.com")}, 900});
    ASSERT_NE(s.ledger.find_submission(id), nullptr);
    EXPECT_EQ(s.ledger.find_submission(id)->time, s.now);
    EXPECT_EQ(s.ledger.find_submission(id)->recipients.front().status, delivery_status::pending);
    s.tell(delivery_attempted{
        id.text, mailbox("bob@gmail.com"), delivery_outcome::withheld, "too late", {}});
    EXPECT_EQ(s.ledger.find_submission(id)->recipients.front().status, delivery_status::withheld);
    s.tell(delivery_attempted{
        id.text, mailbox("bob@gmail.com"), delivery_outcome::delivered, "250", {}});
    EXPECT_EQ(s.ledger.find_submission(id)->recipients.front().status, delivery_status::delivered);
    std::size_t seen = 0;
    s.ledger.for_each_submission([&](const submission_state&) { return ++seen > 0; });
    EXPECT_EQ(seen, 1U);
    EXPECT_EQ(s.ledger.find_submission({"another"}), nullptr);
}

TEST(ledger, goes_on_past_facts_about_things_it_does_not_know)
{
    story s;
    s.accept({"bob@gmail.com"});
    const std::string before = s.ledger.digest();
    s.tell(delivery_attempted{"nothing", mailbox("bob@gmail.com"), {}, "", {}});
    s.tell(delivery_attempted{first_message.text, mailbox("eve@gmail.com"), {}, "", {}});
    s.tell(access_renewed{{"nothing"}});
    s.tell(access_closed{{"nothing"}, 1, ""});
    s.tell(session_ended{{"nothing"}});
    s.tell(message_revoked{{"nothing"}, {}, "", {}, "", ""});
    s.tell(message_restored{{"nothing"}, {}, "", {}, "", ""});
    s.tell(revocation_enforced{first_message, 99, 0, 0, {}});
    s.tell(passcode_issued{{"c"}, {"nothing"}, mailbox("bob@gmail.com"), 900, "", ""});
    EXPECT_EQ(s.ledger.applied(), 10U);
    EXPECT_EQ(s.ledger.find_challenge({"c"}), nullptr);
    EXPECT_TRUE(s.ledger.unenforced_revokes().empty());
    EXPECT_NE(s.ledger.digest(), before) << "the place in the log is part of the state";
}

TEST(ledger, has_a_name_for_every_status)
{
    EXPECT_EQ(to_text(delivery_status::pending), "pending");
    EXPECT_EQ(to_text(delivery_status::deferred), "deferred");
    EXPECT_EQ(to_text(delivery_status::delivered), "delivered");
    EXPECT_EQ(to_text(delivery_status::failed), "failed");
    EXPECT_EQ(to_text(delivery_status::withheld), "withheld");
}

} // namespace
} // namespace mail
