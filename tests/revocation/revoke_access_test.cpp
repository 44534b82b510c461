#include "revocation/revoke_access.hpp"
#include "tests/mail/story.hpp"

#include <gtest/gtest.h>

using mail::test::mailbox;
using mail::test::story;
using revocation::decide_restore;
using revocation::decide_revoke;
using revoking = revocation::revoke_decision::outcome;
using restoring = revocation::restore_decision::outcome;

namespace {

std::vector<std::string> texts(const std::vector<mail::address>& mailboxes)
{
    std::vector<std::string> result;
    result.reserve(mailboxes.size());
    for (const auto& each : mailboxes)
        result.push_back(each.text());
    return result;
}
using names = std::vector<std::string>;

class revoke_access_test : public testing::Test {
protected:
    revoke_access_test()
    {
        told.accept({"carol@gmail.com", "dave@example.org"}, {"alice@fabrikam.com"});
        told.deliver("alice@fabrikam.com");
    }
    auto decide(const std::vector<mail::address>& asked = {})
    {
        return decide_revoke(told.message(), asked);
    }

    story told;
};

TEST_F(revoke_access_test, all_means_the_link_based_ones_and_names_the_others)
{
    const auto decision = decide();
    EXPECT_EQ(decision.what, revoking::append);
    EXPECT_EQ(texts(decision.affected), (names{"carol@gmail.com", "dave@example.org"}));
    ASSERT_EQ(decision.not_revocable.size(), 1u);
    EXPECT_EQ(decision.not_revocable[0].mailbox.text(), "alice@fabrikam.com");
    EXPECT_EQ(
        decision.not_revocable[0].reason,
        "received the message inline, and it opens in their client without us "
        "(The directory says so.)");
}

TEST_F(revoke_access_test, some_recipients_may_be_named_in_any_case)
{
    const auto decision = decide({mailbox("CAROL@gmail.com")});
    EXPECT_EQ(decision.what, revoking::append);
    EXPECT_EQ(texts(decision.affected), names{"carol@gmail.com"});
    EXPECT_TRUE(decision.not_revocable.empty());
}

TEST_F(revoke_access_test, an_unknown_recipient_refuses_the_whole)
{
    const auto decision = decide({mailbox("carol@gmail.com"), mailbox("eve@evil.example")});
    EXPECT_EQ(decision.what, revoking::unknown_recipient);
    EXPECT_EQ(texts(decision.unknown), names{"eve@evil.example"});
}

TEST_F(revoke_access_test, inline_recipients_alone_are_refused_with_the_reason)
{
    const auto decision = decide({mailbox("alice@fabrikam.com")});
    EXPECT_EQ(decision.what, revoking::not_revocable);
    EXPECT_EQ(decision.not_revocable.size(), 1u);
}

TEST_F(revoke_access_test, a_message_without_links_is_refused_even_while_queued)
{
    story queued;
    queued.accept({}, {"alice@fabrikam.com"});
    const auto decision = decide_revoke(queued.message(), {});
    EXPECT_EQ(decision.what, revoking::not_revocable);
    EXPECT_NE(decision.not_revocable.at(0).reason.find("until it has left"), std::string::npos);
}

TEST_F(revoke_access_test, a_repeat_has_nothing_to_append)
{
    told.revoke();
    EXPECT_EQ(decide().what, revoking::already);
    EXPECT_EQ(decide({mailbox("dave@example.org")}).what, revoking::already);
}

TEST_F(revoke_access_test, a_repeat_for_more_recipients_appends)
{
    told.revoke({"carol@gmail.com"});
    EXPECT_EQ(decide({mailbox("carol@gmail.com")}).what, revoking::already);
    EXPECT_EQ(decide().what, revoking::append);
}

TEST_F(revoke_access_test, after_a_restore_it_is_no_repeat)
{
    told.revoke();
    told.restore({"carol@gmail.com"});
    EXPECT_EQ(decide({mailbox("dave@example.org")}).what, revoking::already);
    EXPECT_EQ(decide().what, revoking::append);
}

TEST_F(revoke_access_test, a_queued_inline_copy_is_still_worth_a_revoke)
{
    story queued;
    queued.accept({"carol@gmail.com"}, {"alice@fabrikam.com"});
    queued.revoke({"carol@gmail.com"});
    EXPECT_EQ(decide_revoke(queued.message(), {}).what, revoking::append);
    queued.revoke();
    EXPECT_EQ(decide_revoke(queued.message(), {}).what, revoking::already);
}

TEST_F(revoke_access_test, restore_needs_something_revoked)
{
    EXPECT_EQ(decide_restore(told.message(), {}).what, restoring::unchanged);
    told.revoke({"carol@gmail.com"});
    EXPECT_EQ(decide_restore(told.message(), {}).what, restoring::append);
    const auto decision = decide_restore(told.message(), {mailbox("dave@example.org")});
    EXPECT_EQ(decision.what, restoring::unchanged);
}

TEST_F(revoke_access_test, restore_of_an_unknown_recipient_is_refused)
{
    told.revoke();
    const auto decision = decide_restore(told.message(), {mailbox("eve@evil.example")});
    EXPECT_EQ(decision.what, restoring::unknown_recipient);
    EXPECT_EQ(texts(decision.unknown), names{"eve@evil.example"});
}

TEST_F(revoke_access_test, the_confirmation_is_the_originals_word_for_word)
{
    EXPECT_EQ(
        revocation::revoked_text(told.message().accepted),
        "The encrypted email with the subject \"Numbers\" and Message ID \"<1@example.com>\" "
        "was successfully revoked");
}

} // namespace
