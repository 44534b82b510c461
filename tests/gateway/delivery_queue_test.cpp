#include "gateway/delivery_queue.hpp"
#include "tests/gateway/box.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gateway {
namespace {

using mail::bus_time;
using mail::delivery_outcome;
using tests::box;

/// A log written by hand, with a clock moved by hand.
class delivery_queue_test : public testing::Test {
protected:
    void tell(mail::event_body body, const std::string& id = "")
    {
        const auto seq = ledger.applied() + 1;
        const mail::event fact{
            {id.empty() ? "event-" + std::to_string(seq) : id}, "/test", std::move(body)};
        ledger.apply(seq, now, fact);
        queue.observe(ledger, now, fact);
    }
    void accept(
        const std::vector<std::string>& recipients, const std::string& sender = "alice@example.com")
    {
        mail::message_accepted fact;
        fact.message.text = "message";
        fact.message_id.text = "<1@example.com>";
        if (!sender.empty()) {
            fact.sender = box(sender);
        }
        fact.content.text = "content";
        for (const auto& recipient : recipients) {
            mail::accepted_recipient one;
            one.mailbox = box(recipient);
            one.delivery = mail::delivery_mode::link;
            one.revocable = true;
            one.link.text = "locator of " + recipient;
            fact.recipients.push_back(one);
        }
        tell(fact);
    }
    void attempted(
        const std::string& recipient,
        delivery_outcome outcome,
        std::optional<bus_time> next = std::nullopt,
        bool notice = false)
    {
        tell(mail::delivery_attempted{"message", box(recipient), outcome, "reply", next, notice});
    }
    void revoke(std::vector<mail::address> recipients = {})
    {
        mail::message_revoked fact;
        fact.message.text = "message";
        fact.recipients = std::move(recipients);
        tell(fact);
    }
    void restore()
    {
        mail::message_restored fact;
        fact.message.text = "message";
        tell(fact);
    }
    std::vector<std::string> take()
    {
        std::vector<std::string> taken;
        for (const auto& copy : queue.take_due(now)) {
            const char* kinds[] = {"message", "submission", "notice"};
            taken.push_back(
                std::string(kinds[static_cast<int>(copy.kind)]) + " " + copy.recipient.text());
        }
        return taken;
    }

    using texts = std::vector<std::string>;
    bus_time now = 1'000'000;
    mail::ledger ledger;
    delivery_queue queue{2};
};

TEST_F(delivery_queue_test, a_new_mail_is_due_at_once_each_copy_once)
{
    accept({"bob@x.org", "carol@x.org"});
    EXPECT_EQ(queue.next_due(), now);
    EXPECT_EQ(take(), (texts{"message bob@x.org", "message carol@x.org"}));
    EXPECT_EQ(take(), texts{});
    EXPECT_EQ(queue.in_flight(), 2U);
}

TEST_F(delivery_queue_test, no_more_than_may_be_are_in_flight)
{
    accept({"a@x.org", "b@x.org", "c@x.org"});
    EXPECT_EQ(take().size(), 2U);
    EXPECT_EQ(queue.next_due(), std::nullopt) << "nothing to wake for until a place is free";
    attempted("a@x.org", delivery_outcome::delivered);
    EXPECT_EQ(take(), texts{"message c@x.org"});
}

TEST_F(delivery_queue_test, a_delivered_copy_is_done)
{
    accept({"bob@x.org"});
    take();
    attempted("bob@x.org", delivery_outcome::delivered);
    EXPECT_EQ(queue.waiting() + queue.in_flight(), 0U);
}

TEST_F(delivery_queue_test, a_deferred_copy_waits_for_its_time)
{
    accept({"bob@x.org"});
    take();
    attempted("bob@x.org", delivery_outcome::deferred, now + 60'000);
    EXPECT_EQ(take(), texts{});
    EXPECT_EQ(queue.next_due(), now + 60'000);
    now += 60'000;
    const auto taken = queue.take_due(now);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].attempts, 1U);
    EXPECT_EQ(taken[0].since, now - 60'000);
}

TEST_F(delivery_queue_test, a_failed_copy_is_told_to_its_sender_once)
{
    accept({"bob@x.org"});
    take();
    attempted("bob@x.org", delivery_outcome::failed);
    EXPECT_EQ(take(), texts{"notice bob@x.org"});
    attempted("bob@x.org", delivery_outcome::delivered, std::nullopt, true);
    EXPECT_EQ(queue.waiting() + queue.in_flight(), 0U);
}

TEST_F(delivery_queue_test, nobody_is_told_about_a_failed_bounce)
{
    accept({"bob@x.org"}, "");
    take();
    attempted("bob@x.org", delivery_outcome::failed);
    EXPECT_EQ(take(), texts{});
}

TEST_F(delivery_queue_test, what_could_not_be_tried_comes_again)
{
    accept({"bob@x.org"});
    const auto taken = queue.take_due(now);
    queue.postpone(taken.at(0), now + 1000);
    EXPECT_EQ(queue.in_flight(), 0U);
    EXPECT_EQ(take(), texts{});
    now += 1000;
    EXPECT_EQ(take(), texts{"message bob@x.org"});
}

TEST_F(delivery_queue_test, a_revoke_brings_waiting_copies_forward_to_be_withheld)
{
    accept({"bob@x.org", "carol@x.org"});
    take();
    attempted("bob@x.org", delivery_outcome::deferred, now + 60'000);
    attempted("carol@x.org", delivery_outcome::deferred, now + 60'000);
    revoke({box("bob@x.org")});
    EXPECT_EQ(take(), texts{"message bob@x.org"});
    attempted("bob@x.org", delivery_outcome::withheld);
    EXPECT_EQ(queue.in_flight(), 0U);
    EXPECT_EQ(queue.waiting(), 1U) << "carol's";
}

TEST_F(delivery_queue_test, a_restore_releases_what_was_withheld)
{
    accept({"bob@x.org"});
    take();
    revoke();
    attempted("bob@x.org", delivery_outcome::withheld);
    EXPECT_EQ(take(), texts{});
    restore();
    EXPECT_EQ(take(), texts{"message bob@x.org"});
}

TEST_F(delivery_queue_test, a_restore_that_overtakes_the_withholding_loses_no_copy)
{
    accept({"bob@x.org"});
    take();
    revoke();
    restore();
    attempted("bob@x.org", delivery_outcome::withheld);
    EXPECT_EQ(take(), texts{"message bob@x.org"});
}

TEST_F(delivery_queue_test, a_restore_does_not_send_twice_what_is_on_its_way_or_done)
{
    accept({"bob@x.org"});
    take();
    revoke();
    restore();
    EXPECT_EQ(take(), texts{}) << "in flight";
    attempted("bob@x.org", delivery_outcome::delivered);
    revoke();
    restore();
    EXPECT_EQ(take(), texts{}) << "delivered";
}

TEST_F(delivery_queue_test, passcodes_and_notices_are_sent_and_replies_are_not)
{
    mail::mail_submitted fact;
    fact.content.text = "content";
    fact.in_answer_to = "message";
    fact.recipients = {box("bob@x.org")};
    fact.valid_seconds = 900;
    fact.kind = mail::submission_kind::passcode;
    tell(fact, "passcode-1");
    fact.kind = mail::submission_kind::reply;
    tell(fact, "reply-1");
    EXPECT_EQ(take(), texts{"submission bob@x.org"});
    tell(mail::delivery_attempted{
        "passcode-1", box("bob@x.org"), delivery_outcome::failed, "too late", {}});
    EXPECT_EQ(queue.waiting() + queue.in_flight(), 0U) << "and nobody is told";
}

TEST_F(delivery_queue_test, is_the_same_after_a_start_from_the_log)
{
    accept({"bob@x.org", "carol@x.org"});
    take();
    attempted("bob@x.org", delivery_outcome::delivered);
    attempted("carol@x.org", delivery_outcome::deferred, now + 60'000);
    // A process that died with carol's next try running sees the log and nothing else.
    now += 60'000;
    take();
    delivery_queue again(2);
    mail::ledger replayed;
    mail::message_accepted accepted;
    accepted.message.text = "message";
    accepted.message_id.text = "<1@example.com>";
    accepted.sender = box("alice@example.com");
    for (const auto* text : {"bob@x.org", "carol@x.org"}) {
        mail::accepted_recipient one;
        one.mailbox = box(text);
        accepted.recipients.push_back(one);
    }
    const std::vector<mail::event> log = {
        {{"1"}, "/test", accepted},
        {{"2"},
         "/test",
         mail::delivery_attempted{
             "message", box("bob@x.org"), delivery_outcome::delivered, "", {}}},
        {{"3"},
         "/test",
         mail::delivery_attempted{
             "message", box("carol@x.org"), delivery_outcome::deferred, "", now}}};
    for (const auto& fact : log) {
        replayed.apply(replayed.applied() + 1, 1'000'000, fact);
        again.observe(replayed, 1'000'000, fact);
    }
    const auto taken = again.take_due(now);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].recipient.text(), "carol@x.org");
    EXPECT_EQ(taken[0].attempts, 1U);
}

TEST(delivery_decision, follows_the_class_of_the_reply)
{
    const retry_policy policy{1000, 5000, 60'000};
    const queued_copy copy{copy_kind::message, "m", {}, 100'000, 0};
    EXPECT_EQ(decide({250, "", {}}, copy, 100'000, policy).outcome, delivery_outcome::delivered);
    EXPECT_EQ(decide({550, "", {}}, copy, 100'000, policy).outcome, delivery_outcome::failed);
    for (const int code : {0, 354, 421, 451}) {
        const auto decision = decide({code, "", {}}, copy, 100'000, policy);
        EXPECT_EQ(decision.outcome, delivery_outcome::deferred) << code;
        EXPECT_EQ(decision.next_attempt, 101'000) << code;
    }
}

TEST(delivery_decision, backs_off_twice_as_long_each_time_up_to_a_bound)
{
    const retry_policy policy{1000, 5000, 600'000};
    std::vector<bus_time> waits;
    for (std::uint32_t attempts = 0; attempts < 5; ++attempts) {
        const queued_copy copy{copy_kind::message, "m", {}, 0, attempts};
        waits.push_back(*decide({451, "", {}}, copy, 0, policy).next_attempt);
    }
    EXPECT_EQ(waits, (std::vector<bus_time>{1000, 2000, 4000, 5000, 5000}));
    const queued_copy old{copy_kind::message, "m", {}, 0, 4'000'000'000U};
    EXPECT_EQ(*decide({451, "", {}}, old, 0, policy).next_attempt, 5000);
}

TEST(delivery_decision, gives_up_after_a_last_try_at_the_end)
{
    const retry_policy policy{1000, 5000, 60'000};
    const queued_copy copy{copy_kind::message, "m", {}, 0, 9};
    EXPECT_EQ(decide({451, "", {}}, copy, 58'000, policy).next_attempt, 60'000);
    EXPECT_EQ(decide({451, "", {}}, copy, 60'000, policy).outcome, delivery_outcome::failed);
    EXPECT_EQ(decide({0, "", {}}, copy, 61'000, policy).outcome, delivery_outcome::failed);
}

} // namespace
} // namespace gateway
