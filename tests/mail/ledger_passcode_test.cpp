#include "mail/ledger.hpp"
#include "tests/mail/story.hpp"

#include <gtest/gtest.h>

namespace mail {
namespace {

using test::mailbox;
using test::story;

story with_challenge()
{
    story s;
    s.accept({"bob@gmail.com", "dan@example.org"}, {"carol@office.example"});
    s.issue("bob@gmail.com", "c");
    return s;
}

TEST(ledger_passcode, opens_a_session_when_right)
{
    story s = with_challenge();
    EXPECT_EQ(s.ledger.signed_in({"s"}, s.now), nullptr);
    EXPECT_EQ(s.try_code("c", true), passcode_verdict::opened);
    ASSERT_NE(s.ledger.signed_in({"s"}, s.now), nullptr);
    EXPECT_EQ(*s.ledger.signed_in({"s"}, s.now), mailbox("bob@gmail.com"));
    EXPECT_EQ(s.ledger.find_session({"s"})->opened, s.now);
    EXPECT_TRUE(s.ledger.find_challenge({"c"})->used);
}

TEST(ledger_passcode, opens_nothing_when_wrong_or_unknown)
{
    story s = with_challenge();
    EXPECT_EQ(s.try_code("c", false), passcode_verdict::wrong);
    EXPECT_EQ(s.try_code("another", true), passcode_verdict::unknown);
    EXPECT_EQ(s.ledger.find_session({"s"}), nullptr);
    EXPECT_FALSE(s.ledger.passcode_try({"event-1"}));
}

TEST(ledger_passcode, opens_once)
{
    story s = with_challenge();
    s.try_code("c", true, "s1");
    EXPECT_EQ(s.try_code("c", true, "s2"), passcode_verdict::used);
    EXPECT_EQ(s.ledger.find_session({"s2"}), nullptr);
}

TEST(ledger_passcode, opens_within_its_time)
{
    story s = with_challenge();
    s.wait(900);
    EXPECT_EQ(s.try_code("c", true), passcode_verdict::opened);
    s.issue("bob@gmail.com", "short", 10);
    s.now += 10'001;
    EXPECT_EQ(s.try_code("short", true, "s2"), passcode_verdict::expired);
}

TEST(ledger_passcode, opens_at_the_fifth_try_and_never_after)
{
    story s = with_challenge();
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(s.try_code("c", false), passcode_verdict::wrong);
    EXPECT_EQ(s.try_code("c", true), passcode_verdict::opened);

    s.issue("bob@gmail.com", "d");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(s.try_code("d", false), passcode_verdict::wrong);
    EXPECT_EQ(s.try_code("d", true, "s2"), passcode_verdict::too_many_tries);
    EXPECT_EQ(s.try_code("d", false, "s2"), passcode_verdict::too_many_tries);
    EXPECT_EQ(s.ledger.find_session({"s2"}), nullptr);
    EXPECT_EQ(s.ledger.find_challenge({"d"})->tries, 5U);
}

TEST(ledger_passcode, opens_nothing_after_fifty_wrong_tries_in_a_day)
{
    story s = with_challenge();
    for (int i = 0; i < 50; ++i) {
        const std::string challenge = i < 5 ? "c" : "n" + std::to_string(i / 5);
        if (i >= 5 && i % 5 == 0)
            s.issue("bob@gmail.com", challenge);
        EXPECT_EQ(s.try_code(challenge, false), passcode_verdict::wrong);
    }
    s.wait(901); // ten were issued
    s.issue("bob@gmail.com", "fresh");
    EXPECT_EQ(s.try_code("fresh", true), passcode_verdict::too_many_tries);
    s.issue("dan@example.org", "dans");
    EXPECT_EQ(s.try_code("dans", true, "d"), passcode_verdict::opened) << "each mailbox by itself";

    s.wait(24 * 3600 - 901);
    s.issue("bob@gmail.com", "a day later");
    EXPECT_EQ(s.try_code("a day later", true), passcode_verdict::too_many_tries);
    s.now += 1;
    EXPECT_EQ(s.try_code("a day later", true), passcode_verdict::opened);
}

TEST(ledger_passcode, that_is_refused_for_another_reason_is_no_wrong_try)
{
    story s = with_challenge();
    for (int i = 0; i < 100; ++i)
        s.try_code("c", false);
    s.issue("bob@gmail.com", "d");
    EXPECT_EQ(s.try_code("d", true), passcode_verdict::opened);
}

TEST(ledger_passcode, never_gives_a_session_to_another_mailbox)
{
    story s = with_challenge();
    s.try_code("c", true, "shared");
    s.issue("dan@example.org", "d");
    EXPECT_EQ(s.try_code("d", true, "shared"), passcode_verdict::unknown);
    EXPECT_EQ(*s.ledger.signed_in({"shared"}, s.now), mailbox("bob@gmail.com"));
    EXPECT_EQ(s.try_code("d", true, ""), passcode_verdict::unknown);
    EXPECT_EQ(s.ledger.signed_in({""}, s.now), nullptr);
}

TEST(ledger_passcode, opens_a_session_of_the_same_mailbox_again)
{
    story s = with_challenge();
    s.try_code("c", true);
    s.tell(session_ended{{"s"}});
    s.wait(100);
    s.issue("bob@gmail.com", "d");
    EXPECT_EQ(s.try_code("d", true), passcode_verdict::opened);
    EXPECT_EQ(s.ledger.find_session({"s"})->opened, s.now);
    EXPECT_NE(s.ledger.signed_in({"s"}, s.now), nullptr);
}

TEST(ledger_passcode, is_issued_to_link_readers_alone_and_once)
{
    story s = with_challenge();
    s.issue("carol@office.example", "carols");
    s.issue("eve@example.org", "eves");
    EXPECT_EQ(s.ledger.find_challenge({"carols"}), nullptr);
    EXPECT_EQ(s.ledger.find_challenge({"eves"}), nullptr);
    s.issue("dan@example.org", "c");
    EXPECT_EQ(s.ledger.find_challenge({"c"})->issued.recipient, mailbox("bob@gmail.com"));
}

TEST(ledger_passcode, is_counted_for_a_quarter_of_an_hour)
{
    story s = with_challenge();
    s.wait(600);
    s.issue("bob@gmail.com", "d");
    EXPECT_EQ(s.ledger.passcodes_issued(mailbox("bob@gmail.com"), s.now), 2U);
    EXPECT_EQ(s.ledger.passcodes_issued(mailbox("bob@gmail.com"), s.now + 300'000), 2U);
    EXPECT_EQ(s.ledger.passcodes_issued(mailbox("bob@gmail.com"), s.now + 300'001), 1U);
    EXPECT_EQ(s.ledger.passcodes_issued(mailbox("dan@example.org"), s.now), 0U);
    s.wait(3600);
    s.issue("bob@gmail.com", "e");
    EXPECT_EQ(s.ledger.passcodes_issued(mailbox("bob@gmail.com"), s.now), 1U);
}

TEST(ledger_passcode, opens_nothing_beyond_ten_in_a_quarter_of_an_hour)
{
    story s = with_challenge(); // the first
    for (int i = 1; i < 12; ++i)
        s.issue("bob@gmail.com", "n" + std::to_string(i));
    EXPECT_NE(s.ledger.find_challenge({"n9"}), nullptr);
    EXPECT_EQ(s.ledger.find_challenge({"n10"}), nullptr);
    EXPECT_EQ(s.try_code("n10", true), passcode_verdict::unknown);
    EXPECT_EQ(s.ledger.find_session({"s"}), nullptr);
    EXPECT_EQ(s.try_code("n9", true), passcode_verdict::opened);
    EXPECT_EQ(s.ledger.passcodes_issued(mailbox("bob@gmail.com"), s.now), 10U);
    s.issue("dan@example.org", "dans");
    EXPECT_NE(s.ledger.find_challenge({"dans"}), nullptr) << "each mailbox by itself";

    s.wait(900);
    s.issue("bob@gmail.com", "too early");
    EXPECT_EQ(s.ledger.find_challenge({"too early"}), nullptr);
    s.now += 1;
    s.issue("bob@gmail.com", "in time");
    EXPECT_NE(s.ledger.find_challenge({"in time"}), nullptr) << "what was refused does not count";
}

TEST(ledger_passcode, leaves_nothing_in_the_digest_beyond_the_limit)
{
    story s = with_challenge();
    for (int i = 1; i < 10; ++i)
        s.issue("bob@gmail.com", "n" + std::to_string(i));
    story other = s.copy();
    s.issue("bob@gmail.com", "beyond");
    other.issue("eve@example.org", "of no recipient");
    EXPECT_EQ(s.ledger.digest(), other.ledger.digest()) << "neither has an effect";
}

TEST(ledger_passcode, has_a_name_for_every_verdict)
{
    EXPECT_EQ(to_text(passcode_verdict::opened), "opened");
    EXPECT_EQ(to_text(passcode_verdict::wrong), "wrong");
    EXPECT_EQ(to_text(passcode_verdict::used), "used");
    EXPECT_EQ(to_text(passcode_verdict::expired), "expired");
    EXPECT_EQ(to_text(passcode_verdict::too_many_tries), "too_many_tries");
    EXPECT_EQ(to_text(passcode_verdict::unknown), "unknown");
}

} // namespace
} // namespace mail
