#include "revocation/message_trace.hpp"
#include "tests/revocation/applied_story.hpp"

#include <gtest/gtest.h>

using revocation::test::applied_story;
using revocation::test::first_message;
using revocation::test::mailbox;

namespace {

class message_trace_test : public testing::Test {
protected:
    message_trace_test()
    {
        pipeline.story.accept({"carol@gmail.com"}, {"alice@fabrikam.com"});
        pipeline.receive();
    }

    /// "EVENT recipient: detail" of the rows from `first` on.
    std::vector<std::string> told(std::size_t first = 3)
    {
        pipeline.receive();
        std::vector<std::string> lines;
        const auto& rows = pipeline.applied.trace.rows(first_message);
        for (std::size_t index = first; index < rows.size(); ++index)
            lines.push_back(
                std::string{rows[index].event} + " " + rows[index].recipient + ": " +
                rows[index].detail);
        return lines;
    }

    applied_story pipeline;
};
using lines = std::vector<std::string>;

TEST_F(message_trace_test, accept_tells_the_whole_and_each_recipient_with_the_reason)
{
    EXPECT_EQ(
        told(0),
        (lines{
            "RECEIVE : 1234 octets from alice@example.com",
            "RECEIVE carol@gmail.com: link, revocable, by directory: The directory says so.",
            "RECEIVE alice@fabrikam.com: inline, not revocable, by directory: The directory says "
            "so."}));
}

TEST_F(message_trace_test, every_row_has_its_place_in_the_log)
{
    pipeline.story.wait(60);
    pipeline.story.deliver("carol@gmail.com");
    pipeline.receive();
    const auto& row = pipeline.applied.trace.rows(first_message).back();
    EXPECT_EQ(row.seq, 2u);
    EXPECT_EQ(row.time, pipeline.story.now);
}

TEST_F(message_trace_test, deliveries_speak_the_words_of_exchange)
{
    pipeline.story.deliver("carol@gmail.com", mail::delivery_outcome::deferred);
    pipeline.story.deliver("carol@gmail.com");
    pipeline.story.deliver("alice@fabrikam.com", mail::delivery_outcome::failed);
    EXPECT_EQ(
        told(),
        (lines{
            "DEFER carol@gmail.com: tried again later: 250 2.0.0 ok",
            "DELIVER carol@gmail.com: delivered: 250 2.0.0 ok",
            "FAIL alice@fabrikam.com: given up: 250 2.0.0 ok"}));
}

TEST_F(message_trace_test, a_notice_to_the_sender_is_a_send)
{
    pipeline.story.deliver("alice@fabrikam.com", mail::delivery_outcome::failed);
    mail::delivery_attempted notice{
        first_message.text,
        mailbox("alice@fabrikam.com"),
        mail::delivery_outcome::delivered,
        "250 ok",
        {},
        true};
    pipeline.story.tell(notice);
    EXPECT_EQ(told(4), lines{"SEND alice@fabrikam.com: notice to the sender: delivered: 250 ok"});
}

TEST_F(message_trace_test, a_withheld_copy_is_a_defer_unless_a_restore_came_first)
{
    pipeline.story.revoke();
    pipeline.story.deliver("carol@gmail.com", mail::delivery_outcome::withheld);
    pipeline.story.restore();
    pipeline.story.deliver("carol@gmail.com", mail::delivery_outcome::withheld);
    EXPECT_EQ(
        told(4),
        (lines{
            "DEFER carol@gmail.com: withheld, because the access is revoked",
            "RESTORE : by admin (administrator)"}));
}

TEST_F(message_trace_test, passcodes_are_told_by_their_outcome_and_never_by_their_digits)
{
    pipeline.story.issue("carol@gmail.com", "challenge");
    pipeline.story.try_code("challenge", false);
    pipeline.story.try_code("challenge", true);
    const auto rows = told();
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_TRUE(rows[0].starts_with("PASSCODE carol@gmail.com: sent, reference"));
    EXPECT_EQ(rows[1], "PASSCODE carol@gmail.com: tried: wrong");
    EXPECT_EQ(rows[2], "PASSCODE carol@gmail.com: tried: opened");
}

TEST_F(message_trace_test, a_passcode_beyond_the_limit_is_told_as_not_sent)
{
    for (int i = 0; i < 11; ++i)
        pipeline.story.issue("carol@gmail.com", "challenge " + std::to_string(i));
    const auto rows = told();
    ASSERT_EQ(rows.size(), 11u);
    EXPECT_TRUE(rows[9].starts_with("PASSCODE carol@gmail.com: sent, reference"));
    EXPECT_EQ(rows[10], "PASSCODE carol@gmail.com: not sent: too many in 15 minutes");
}

TEST_F(message_trace_test, a_read_says_how_it_ended)
{
    pipeline.story.sign_in("carol@gmail.com", "carols");
    const auto attempt = pipeline.attempt("carol@gmail.com", "carols");
    EXPECT_EQ(told(5), lines{"READ carol@gmail.com: view at portal-1"});
    pipeline.close(attempt, 1500);
    EXPECT_EQ(told(5), lines{"READ carol@gmail.com: view at portal-1, 1500 octets, complete"});
}

TEST_F(message_trace_test, a_denied_read_says_why)
{
    pipeline.story.sign_in("carol@gmail.com", "carols");
    pipeline.story.revoke();
    pipeline.attempt("carol@gmail.com", "carols");
    EXPECT_EQ(told(6), lines{"DENIED carol@gmail.com: view at portal-1: revoked"});
}

TEST_F(message_trace_test, a_renewal_shows_only_when_it_is_denied)
{
    pipeline.story.sign_in("carol@gmail.com", "carols");
    const auto attempt = pipeline.attempt("carol@gmail.com", "carols");
    pipeline.renew(attempt);
    pipeline.story.revoke();
    pipeline.renew(attempt);
    const auto rows = told(6);
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_TRUE(rows[0].starts_with("REVOKE"));
    EXPECT_EQ(rows[1], "DENIED carol@gmail.com: view goes no further: revoked");
}

TEST_F(message_trace_test, revoke_and_in_force_tell_who_why_and_how_long)
{
    const auto revoke = pipeline.revoke({"carol@gmail.com"});
    pipeline.enforce(revoke);
    EXPECT_EQ(
        told(),
        (lines{
            "REVOKE carol@gmail.com: by admin (administrator): wrong recipient",
            "IN FORCE : the revoke at 2, after 12 ms"}));
}

TEST_F(message_trace_test, an_unknown_message_has_no_rows)
{
    EXPECT_TRUE(pipeline.applied.trace.rows({"nothing"}).empty());
}

TEST_F(message_trace_test, events_about_unknown_things_are_survived)
{
    pipeline.story.tell(mail::access_closed{{"never"}, 1, "complete"});
    pipeline.story.tell(mail::access_renewed{{"never"}});
    pipeline.story.tell(mail::passcode_tried{{"never"}, true, {"s"}});
    pipeline.story.tell(mail::delivery_attempted{"never", mailbox("x@y.example"), {}, "", {}});
    pipeline.story.tell(mail::unknown_event{"sealpost.future"});
    EXPECT_TRUE(told().empty());
}

} // namespace
