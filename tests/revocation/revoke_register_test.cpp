#include "revocation/revoke_register.hpp"
#include "tests/revocation/applied_story.hpp"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using revocation::test::applied_story;
using revocation::test::first_message;
using revocation::test::mailbox;
using seqs = std::vector<std::uint64_t>;

namespace {

class revoke_register_test : public testing::Test {
protected:
    revoke_register_test()
    {
        pipeline.story.accept({"carol@gmail.com", "dave@example.org"});
        pipeline.receive();
    }
    const revocation::revoke_register& revokes() const { return pipeline.applied.revokes; }

    applied_story pipeline;
};

TEST_F(revoke_register_test, a_revoke_is_unenforced_until_its_record_comes)
{
    const auto revoke = pipeline.revoke();
    EXPECT_EQ(revokes().unenforced(), seqs{revoke});
    EXPECT_FALSE(revokes().is_enforced(revoke));
    pipeline.enforce(revoke, {mailbox("carol@gmail.com")});
    EXPECT_TRUE(revokes().unenforced().empty());
    ASSERT_TRUE(revokes().is_enforced(revoke));
    EXPECT_EQ(revokes().find(revoke)->enforced->read_before.front().text(), "carol@gmail.com");
}

TEST_F(revoke_register_test, the_first_record_of_a_revoke_stands)
{
    const auto revoke = pipeline.revoke();
    pipeline.enforce(revoke);
    pipeline.enforce(revoke, {mailbox("carol@gmail.com")});
    EXPECT_TRUE(revokes().find(revoke)->enforced->read_before.empty());
}

TEST_F(revoke_register_test, a_record_of_no_revoke_is_ignored)
{
    pipeline.enforce(1);
    EXPECT_FALSE(revokes().is_enforced(1));
    EXPECT_EQ(revokes().find(1), nullptr);
}

TEST_F(revoke_register_test, the_latest_revoke_is_found_for_each_recipient)
{
    const auto all = pipeline.revoke();
    const auto daves = pipeline.revoke({"dave@example.org"});
    const auto latest = [&](std::vector<mail::address> who) {
        return revokes().latest(first_message, who);
    };
    EXPECT_EQ(latest({mailbox("carol@gmail.com")}), seqs{all});
    EXPECT_EQ(latest({mailbox("dave@example.org")}), seqs{daves});
    EXPECT_EQ(
        latest({mailbox("dave@example.org"), mailbox("carol@gmail.com")}), (seqs{all, daves}));
    EXPECT_EQ(latest({}), seqs{daves});
    EXPECT_TRUE(latest({mailbox("erin@example.org")}).size() == 1);
}

TEST_F(revoke_register_test, a_message_that_was_never_revoked_has_none)
{
    EXPECT_TRUE(revokes().latest(first_message, {}).empty());
    EXPECT_TRUE(revokes().latest({"another"}, {mailbox("carol@gmail.com")}).empty());
}

TEST_F(revoke_register_test, an_announced_revoke_began_with_its_request)
{
    revocation::revoke_register own;
    own.announce({"mine"}, 5s);
    own.apply(1, {{"mine"}, "/revocation", mail::message_revoked{}}, 9s);
    own.apply(2, {{"somebody's"}, "/revocation", mail::message_revoked{}}, 9s);
    EXPECT_EQ(own.find(1)->began, 5s);
    EXPECT_EQ(own.find(2)->began, 9s);
}

TEST_F(revoke_register_test, a_forgotten_announcement_means_nothing)
{
    revocation::revoke_register own;
    own.announce({"mine"}, 5s);
    own.forget({"mine"});
    own.apply(1, {{"mine"}, "/revocation", mail::message_revoked{}}, 9s);
    EXPECT_EQ(own.find(1)->began, 9s);
}

} // namespace
