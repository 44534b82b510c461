#include "mail/ledger.hpp"
#include "tests/mail/story.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace mail {
namespace {

using test::first_message;
using test::mailbox;
using test::story;

/// Bob reads by link, Carol inline; Bob is signed in with session "b".
story signed_in_bob(std::int64_t expiry_seconds = 0)
{
    story s;
    s.accept({"bob@gmail.com", "dan@example.org"}, {"carol@office.example"}, expiry_seconds);
    s.sign_in("bob@gmail.com", "b");
    return s;
}

TEST(ledger_access, is_granted_to_the_signed_in_reader)
{
    story s = signed_in_bob();
    EXPECT_EQ(s.try_access("bob@gmail.com", "b"), access_verdict::granted);
    EXPECT_EQ(s.try_access("BOB@gmail.com", "b"), access_verdict::granted);
}

TEST(ledger_access, is_refused_to_everybody_else)
{
    story s = signed_in_bob();
    EXPECT_EQ(s.try_access("bob@gmail.com", "unheard of"), access_verdict::not_signed_in);
    EXPECT_EQ(s.try_access("dan@example.org", "b"), access_verdict::not_signed_in);
    EXPECT_EQ(s.try_access("carol@office.example", "b"), access_verdict::unknown);
    EXPECT_EQ(s.try_access("eve@example.org", "b"), access_verdict::unknown);
    const auto elsewhere = s.attempt("bob@gmail.com", "b", access_kind::view, {"another"});
    EXPECT_EQ(s.verdict_of(elsewhere), access_verdict::unknown);
}

TEST(ledger_access, tells_revoked_before_expired_before_not_signed_in)
{
    story s = signed_in_bob(60);
    s.wait(60);
    EXPECT_EQ(s.try_access("bob@gmail.com", "nobody"), access_verdict::expired);
    s.revoke();
    EXPECT_EQ(s.try_access("bob@gmail.com", "nobody"), access_verdict::revoked);
    EXPECT_EQ(s.try_access("eve@example.org", "nobody"), access_verdict::unknown);
    s.restore();
    EXPECT_EQ(s.try_access("bob@gmail.com", "b"), access_verdict::expired);
}

TEST(ledger_access, ends_at_the_millisecond_of_expiry)
{
    story s = signed_in_bob(60);
    s.now += 59'999;
    EXPECT_EQ(s.try_access("bob@gmail.com", "b"), access_verdict::granted);
    s.now += 1;
    EXPECT_EQ(s.try_access("bob@gmail.com", "b"), access_verdict::expired);
    EXPECT_FALSE(s.message().expired_at(s.now - 1));
    EXPECT_TRUE(s.message().expired_at(s.now));
}

TEST(ledger_access, never_expires_without_expiry_or_with_an_endless_one)
{
    story s;
    s.accept({"bob@gmail.com"}, {}, std::numeric_limits<std::int64_t>::max());
    EXPECT_FALSE(s.message().expired_at(std::numeric_limits<bus_time>::max() - 1));
    story without = signed_in_bob(0);
    EXPECT_FALSE(without.message().expired_at(std::numeric_limits<bus_time>::max()));
}

TEST(ledger_access, ends_with_the_session)
{
    story s = signed_in_bob();
    s.now += ledger::session_milliseconds;
    EXPECT_EQ(s.try_access("bob@gmail.com", "b"), access_verdict::granted);
    s.now += 1;
    EXPECT_EQ(s.try_access("bob@gmail.com", "b"), access_verdict::not_signed_in);
    s.sign_in("bob@gmail.com", "b2");
    EXPECT_EQ(s.try_access("bob@gmail.com", "b2"), access_verdict::granted);
    s.tell(session_ended{{"b2"}});
    EXPECT_EQ(s.try_access("bob@gmail.com", "b2"), access_verdict::not_signed_in);
}

TEST(ledger_access, is_refused_after_a_revoke_and_granted_after_a_restore)
{
    story s = signed_in_bob();
    s.revoke({"dan@example.org"});
    EXPECT_EQ(s.try_access("bob@gmail.com", "b"), access_verdict::granted);
    s.revoke();
    EXPECT_EQ(s.try_access("bob@gmail.com", "b"), access_verdict::revoked);
    s.restore();
    EXPECT_EQ(s.try_access("bob@gmail.com", "b"), access_verdict::granted);
}

TEST(ledger_access, answers_what_a_reader_without_session_may_know)
{
    story s = signed_in_bob(60);
    const auto told = [&](const char* who, bus_time at) {
        return s.ledger.availability(first_message, mailbox(who), at);
    };
    EXPECT_EQ(told("bob@gmail.com", s.now), access_verdict::granted);
    EXPECT_EQ(told("bob@gmail.com", s.now + 60'000), access_verdict::expired);
    EXPECT_EQ(told("carol@office.example", s.now), access_verdict::unknown);
    EXPECT_EQ(told("eve@example.org", s.now), access_verdict::unknown);
    EXPECT_EQ(
        s.ledger.availability({"x"}, mailbox("bob@gmail.com"), s.now), access_verdict::unknown);
    s.revoke();
    EXPECT_EQ(told("bob@gmail.com", s.now + 60'000), access_verdict::revoked);
}

TEST(ledger_access, goes_on_only_while_each_renewal_is_granted)
{
    story s = signed_in_bob();
    const event_id download = s.attempt("bob@gmail.com", "b", access_kind::attachment);
    const auto first_seq = s.ledger.applied();
    s.wait(1);
    s.tell(access_renewed{download});
    EXPECT_EQ(s.ledger.find_attempt(download)->seq, first_seq + 1);
    EXPECT_EQ(s.ledger.find_attempt(download)->time, s.now);
    EXPECT_EQ(s.ledger.find_attempt(download)->first_seq, first_seq);
    s.revoke();
    s.tell(access_renewed{download});
    EXPECT_EQ(s.verdict_of(download), access_verdict::revoked);
    EXPECT_EQ(s.ledger.find_attempt(download)->seq, first_seq + 1);
    EXPECT_TRUE(s.ledger.find_attempt(download)->granted_once);
    s.restore();
    s.tell(access_renewed{download});
    EXPECT_EQ(s.verdict_of(download), access_verdict::revoked) << "a refused grant is over";
}

TEST(ledger_access, refuses_a_renewal_after_sign_out_and_ignores_those_of_no_grant)
{
    story s = signed_in_bob();
    const event_id view = s.attempt("bob@gmail.com", "b");
    const event_id refused = s.attempt("bob@gmail.com", "nobody");
    const event_id closed = s.attempt("bob@gmail.com", "b");
    s.close(closed, 5);
    s.tell(session_ended{{"b"}});
    s.tell(access_renewed{view});
    s.tell(access_renewed{closed});
    EXPECT_EQ(s.verdict_of(view), access_verdict::not_signed_in);
    EXPECT_EQ(s.verdict_of(closed), access_verdict::granted);
    s.sign_in("bob@gmail.com", "nobody");
    s.tell(access_renewed{refused});
    EXPECT_EQ(s.verdict_of(refused), access_verdict::not_signed_in);
}

TEST(ledger_access, counts_as_read_when_its_close_says_so)
{
    story s = signed_in_bob();
    const bus_time begin = s.now;
    const event_id view = s.attempt("bob@gmail.com", "b");
    EXPECT_TRUE(s.reader("bob@gmail.com").may_have_read);
    EXPECT_EQ(s.reader("bob@gmail.com").reads, 0U);
    s.wait(5);
    s.close(view, 100);
    EXPECT_FALSE(s.reader("bob@gmail.com").may_have_read);
    EXPECT_EQ(s.reader("bob@gmail.com").reads, 1U);
    EXPECT_EQ(s.reader("bob@gmail.com").first_read_at, begin);
    s.close(view, 100);
    EXPECT_EQ(s.reader("bob@gmail.com").reads, 1U) << "a second close says nothing new";
    EXPECT_EQ(s.ledger.find_attempt(view)->bytes, 100U);
}

TEST(ledger_access, counts_no_read_when_nothing_was_handed_over_or_granted_or_shown)
{
    story s = signed_in_bob();
    s.close(s.attempt("bob@gmail.com", "b"), 0);
    s.close(s.attempt("bob@gmail.com", "nobody"), 100);
    s.close(s.attempt("bob@gmail.com", "b", access_kind::reply), 100);
    s.close(s.attempt("bob@gmail.com", "b", access_kind::forward), 100);
    EXPECT_EQ(s.reader("bob@gmail.com").reads, 0U);
    EXPECT_FALSE(s.reader("bob@gmail.com").may_have_read);
    EXPECT_FALSE(s.reader("bob@gmail.com").first_read_at);
}

TEST(ledger_access, remembers_the_earliest_read_and_every_open_one)
{
    story s = signed_in_bob();
    const bus_time begin = s.now;
    const event_id early = s.attempt("bob@gmail.com", "b");
    s.wait(5);
    const event_id late = s.attempt("bob@gmail.com", "b", access_kind::attachment);
    s.close(late, 10);
    EXPECT_EQ(s.reader("bob@gmail.com").first_read_at, begin + 5000);
    EXPECT_TRUE(s.reader("bob@gmail.com").may_have_read);
    s.close(early, 10);
    EXPECT_EQ(s.reader("bob@gmail.com").first_read_at, begin);
    EXPECT_FALSE(s.reader("bob@gmail.com").may_have_read);
    EXPECT_EQ(s.reader("bob@gmail.com").reads, 2U);
}

TEST(ledger_access, has_a_name_for_every_verdict)
{
    EXPECT_EQ(to_text(access_verdict::granted), "granted");
    EXPECT_EQ(to_text(access_verdict::revoked), "revoked");
    EXPECT_EQ(to_text(access_verdict::shredded), "shredded");
    EXPECT_EQ(to_text(access_verdict::expired), "expired");
    EXPECT_EQ(to_text(access_verdict::not_signed_in), "not_signed_in");
    EXPECT_EQ(to_text(access_verdict::unknown), "unknown");
}

} // namespace
} // namespace mail
