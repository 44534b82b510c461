#include "mail/ledger.hpp"
#include "tests/mail/story.hpp"

#include <gtest/gtest.h>

namespace mail {
namespace {

using test::first_message;
using test::mailbox;
using test::story;

TEST(ledger_revocation, takes_every_link_back_and_no_delivered_inline_copy)
{
    story s;
    s.accept({"bob@gmail.com", "dan@example.org"}, {"carol@office.example"});
    s.deliver("carol@office.example");
    EXPECT_TRUE(s.message().is_revocable());
    EXPECT_FALSE(s.message().is_revoked());
    s.revoke({}, "Sorry");
    EXPECT_TRUE(s.reader("bob@gmail.com").revoked);
    EXPECT_EQ(s.reader("dan@example.org").note, "Sorry");
    EXPECT_FALSE(s.reader("carol@office.example").revoked);
    EXPECT_TRUE(s.message().is_revoked());
}

TEST(ledger_revocation, of_some_leaves_the_others)
{
    story s;
    s.accept({"bob@gmail.com", "dan@example.org"});
    s.revoke({"BOB@gmail.com", "nobody@example.org"});
    EXPECT_TRUE(s.reader("bob@gmail.com").revoked);
    EXPECT_FALSE(s.reader("dan@example.org").revoked);
    EXPECT_FALSE(s.message().is_revoked());
}

TEST(ledger_revocation, has_nothing_to_take_back_from_a_message_without_links)
{
    story s;
    s.accept({}, {"carol@office.example"});
    EXPECT_FALSE(s.message().is_revocable());
    EXPECT_FALSE(s.message().is_revoked());
}

TEST(ledger_revocation, holds_back_an_inline_copy_that_is_still_ours)
{
    story s;
    s.accept({"bob@gmail.com"}, {"carol@office.example"});
    s.deliver("carol@office.example", delivery_outcome::deferred);
    s.revoke();
    EXPECT_TRUE(s.reader("carol@office.example").revoked);
    s.deliver("carol@office.example", delivery_outcome::withheld);
    EXPECT_EQ(s.reader("carol@office.example").status, delivery_status::withheld);
    EXPECT_EQ(s.reader("carol@office.example").attempts, 1U) << "withholding is no try";
    s.restore();
    EXPECT_EQ(s.reader("carol@office.example").status, delivery_status::pending);
    EXPECT_FALSE(s.reader("carol@office.example").revoked);
}

TEST(ledger_revocation, gives_up_an_inline_copy_that_left_while_it_was_revoked)
{
    story s;
    s.accept({"bob@gmail.com"}, {"carol@office.example"});
    s.revoke({}, "note");
    s.deliver("carol@office.example");
    s.deliver("bob@gmail.com");
    EXPECT_FALSE(s.reader("carol@office.example").revoked);
    EXPECT_EQ(s.reader("carol@office.example").note, "");
    EXPECT_TRUE(s.reader("bob@gmail.com").revoked) << "a link stays in reach";
}

TEST(ledger_revocation, withholding_that_a_restore_has_overtaken_has_no_effect)
{
    story s;
    s.accept({"bob@gmail.com"});
    s.revoke();
    s.restore();
    s.deliver("bob@gmail.com", delivery_outcome::withheld);
    EXPECT_EQ(s.reader("bob@gmail.com").status, delivery_status::pending);
}

TEST(ledger_revocation, lets_an_expired_copy_be_withheld)
{
    story s;
    s.accept({"bob@gmail.com"}, {}, 60);
    s.wait(60);
    s.deliver("bob@gmail.com", delivery_outcome::withheld);
    EXPECT_EQ(s.reader("bob@gmail.com").status, delivery_status::withheld);
}

TEST(ledger_revocation, is_undone_for_those_it_is_undone_for)
{
    story s;
    s.accept({"bob@gmail.com", "dan@example.org"});
    s.revoke({}, "note");
    s.restore({"dan@example.org"});
    EXPECT_TRUE(s.reader("bob@gmail.com").revoked);
    EXPECT_FALSE(s.reader("dan@example.org").revoked);
    EXPECT_EQ(s.reader("dan@example.org").note, "");
    s.restore();
    EXPECT_FALSE(s.reader("bob@gmail.com").revoked);
}

TEST(ledger_revocation, twice_changes_the_note_and_which_is_the_latest)
{
    story s;
    s.accept({"bob@gmail.com"});
    EXPECT_FALSE(s.ledger.latest_revoke(first_message));
    const auto first = s.revoke({}, "one");
    const auto second = s.revoke({}, "two");
    EXPECT_EQ(s.reader("bob@gmail.com").note, "two");
    EXPECT_EQ(s.ledger.latest_revoke(first_message)->seq, second);
    EXPECT_NE(first, second);
}

TEST(ledger_revocation, is_unenforced_until_its_own_enforcement)
{
    story s;
    s.accept({"bob@gmail.com"});
    const auto first = s.revoke();
    const auto second = s.revoke();
    ASSERT_EQ(s.ledger.unenforced_revokes().size(), 2U);
    EXPECT_EQ(s.ledger.unenforced_revokes().front().seq, first);
    s.tell(revocation_enforced{first_message, first, 3, 0, {}});
    ASSERT_EQ(s.ledger.unenforced_revokes().size(), 1U);
    EXPECT_EQ(s.ledger.unenforced_revokes().front().seq, second);
    EXPECT_FALSE(s.ledger.latest_revoke(first_message)->enforced);
    s.tell(revocation_enforced{first_message, second, 3, 0, {}});
    s.tell(revocation_enforced{first_message, second, 3, 0, {}});
    EXPECT_TRUE(s.ledger.unenforced_revokes().empty());
    EXPECT_TRUE(s.ledger.latest_revoke(first_message)->enforced);
}

TEST(ledger_revocation, knows_the_grants_that_must_end)
{
    story s;
    s.accept({"bob@gmail.com", "dan@example.org"});
    s.sign_in("bob@gmail.com", "b");
    s.sign_in("dan@example.org", "d");
    const event_id bobs = s.attempt("bob@gmail.com", "b");
    const event_id dans = s.attempt("dan@example.org", "d", access_kind::reply);
    const event_id closed = s.attempt("bob@gmail.com", "b");
    s.close(closed, 10);
    s.attempt("bob@gmail.com", "d"); // never granted
    const auto revoke = s.revoke();
    using ids = std::vector<event_id>;
    EXPECT_EQ(s.ledger.open_grants(first_message, {}, revoke), (ids{bobs, dans}));
    EXPECT_EQ(s.ledger.open_grants(first_message, {mailbox("dan@example.org")}, revoke), ids{dans});
    EXPECT_EQ(s.ledger.open_grants(first_message, {}, 1), ids{});
    EXPECT_EQ(s.ledger.open_grants({"another"}, {}, revoke), ids{});
    s.close(bobs, 0);
    EXPECT_EQ(s.ledger.open_grants(first_message, {}, revoke), ids{dans});
}

TEST(ledger_revocation, still_waits_for_a_grant_that_was_renewed_after_a_restore)
{
    story s;
    s.accept({"bob@gmail.com"});
    s.sign_in("bob@gmail.com", "b");
    const event_id download = s.attempt("bob@gmail.com", "b");
    const auto revoke = s.revoke();
    s.restore();
    s.tell(access_renewed{download});
    EXPECT_EQ(s.verdict_of(download), access_verdict::granted);
    EXPECT_EQ(s.ledger.open_grants(first_message, {}, revoke), std::vector<event_id>{download});
}

TEST(ledger_revocation, knows_who_had_read_before)
{
    story s;
    s.accept({"bob@gmail.com", "dan@example.org", "eve@example.org", "fay@example.org"});
    for (const char* who :
         {"bob@gmail.com", "dan@example.org", "eve@example.org", "fay@example.org"})
        s.sign_in(who, who);
    s.close(s.attempt("bob@gmail.com", "bob@gmail.com"), 100);
    s.attempt("dan@example.org", "dan@example.org"); // may have read
    s.close(s.attempt("eve@example.org", "eve@example.org"), 0);
    s.close(s.attempt("fay@example.org", "fay@example.org", access_kind::reply), 100);
    s.close(s.attempt("bob@gmail.com", "bob@gmail.com"), 100);
    const auto revoke = s.revoke();
    using readers = std::vector<address>;
    EXPECT_EQ(
        s.ledger.read_before(first_message, {}, revoke),
        (readers{mailbox("bob@gmail.com"), mailbox("dan@example.org")}));
    EXPECT_EQ(
        s.ledger.read_before(first_message, {mailbox("dan@example.org")}, revoke),
        readers{mailbox("dan@example.org")});
    EXPECT_EQ(s.ledger.read_before(first_message, {}, 1), readers{});
}

} // namespace
} // namespace mail
