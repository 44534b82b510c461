#include "revocation/enforcement.hpp"
#include "tests/revocation/applied_story.hpp"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using revocation::enforcement;
using revocation::test::applied_story;

namespace {

class enforcement_test : public testing::Test {
protected:
    enforcement_test()
    {
        pipeline.story.accept({"carol@gmail.com", "dave@example.org"});
        pipeline.story.sign_in("carol@gmail.com", "carols");
        pipeline.story.sign_in("dave@example.org", "daves");
        pipeline.receive();
    }

    applied_story pipeline;
};

TEST_F(enforcement_test, without_open_grants_a_revoke_is_in_force_at_once)
{
    EXPECT_TRUE(pipeline.in_force(pipeline.revoke()));
}

TEST_F(enforcement_test, an_open_grant_is_waited_for_until_it_is_surely_over)
{
    pipeline.attempt("carol@gmail.com", "carols");
    const auto revoke = pipeline.revoke();
    EXPECT_EQ(pipeline.remaining(revoke), 2020ms);
    pipeline.pass(2020ms - 1ns);
    EXPECT_FALSE(pipeline.in_force(revoke));
    pipeline.pass(1ns);
    EXPECT_TRUE(pipeline.in_force(revoke));
}

TEST_F(enforcement_test, the_time_before_the_revoke_counts)
{
    pipeline.attempt("carol@gmail.com", "carols");
    pipeline.pass(1500ms);
    EXPECT_EQ(pipeline.remaining(pipeline.revoke()), 520ms);
}

TEST_F(enforcement_test, a_close_ends_the_wait_early)
{
    const auto attempt = pipeline.attempt("carol@gmail.com", "carols");
    const auto revoke = pipeline.revoke();
    pipeline.pass(10ms);
    pipeline.close(attempt, 4711);
    EXPECT_TRUE(pipeline.in_force(revoke));
}

TEST_F(enforcement_test, the_last_of_several_grants_decides)
{
    pipeline.attempt("carol@gmail.com", "carols");
    pipeline.pass(700ms);
    const auto second = pipeline.attempt("dave@example.org", "daves");
    const auto revoke = pipeline.revoke();
    EXPECT_EQ(pipeline.remaining(revoke), 2020ms);
    pipeline.close(second, 0);
    EXPECT_EQ(pipeline.remaining(revoke), 1320ms);
}

TEST_F(enforcement_test, a_granted_renewal_starts_the_time_anew)
{
    const auto attempt = pipeline.attempt("carol@gmail.com", "carols");
    pipeline.pass(1s);
    pipeline.renew(attempt);
    pipeline.pass(300ms);
    EXPECT_EQ(pipeline.remaining(pipeline.revoke()), 1720ms);
}

TEST_F(enforcement_test, a_renewal_behind_the_revoke_is_refused_and_prolongs_nothing)
{
    const auto attempt = pipeline.attempt("carol@gmail.com", "carols");
    const auto revoke = pipeline.revoke();
    pipeline.pass(1s);
    pipeline.renew(attempt);
    EXPECT_EQ(pipeline.remaining(revoke), 1020ms);
}

TEST_F(enforcement_test, attempts_behind_the_revoke_are_not_waited_for)
{
    const auto revoke = pipeline.revoke();
    pipeline.attempt("carol@gmail.com", "carols");
    EXPECT_TRUE(pipeline.in_force(revoke));
}

TEST_F(enforcement_test, grants_of_recipients_who_are_not_revoked_are_not_waited_for)
{
    pipeline.attempt("carol@gmail.com", "carols");
    EXPECT_TRUE(pipeline.in_force(pipeline.revoke({"dave@example.org"})));
}

TEST_F(enforcement_test, a_refused_attempt_grants_nothing)
{
    pipeline.attempt("carol@gmail.com", "nobodys");
    EXPECT_TRUE(pipeline.in_force(pipeline.revoke()));
}

TEST_F(enforcement_test, after_a_restart_every_open_grant_counts_as_received_now)
{
    pipeline.attempt("carol@gmail.com", "carols");
    const auto revoke = pipeline.revoke();
    pipeline.pass(2s);

    applied_story restarted;
    restarted.story = pipeline.story.copy();
    restarted.boot = pipeline.boot;
    restarted.receive();
    EXPECT_EQ(restarted.remaining(revoke), 2020ms);
    restarted.pass(2020ms);
    EXPECT_TRUE(restarted.in_force(revoke));
}

TEST_F(enforcement_test, an_attempt_that_was_closed_long_ago_needs_no_wait_after_a_restart)
{
    pipeline.close(pipeline.attempt("carol@gmail.com", "carols"), 10);
    const auto revoke = pipeline.revoke();
    applied_story restarted;
    restarted.story = pipeline.story.copy();
    restarted.receive();
    EXPECT_TRUE(restarted.in_force(revoke));
}

TEST(enforcement_alone, an_unknown_receipt_counts_as_now_and_then_stays)
{
    enforcement grants;
    const std::vector<mail::event_id> open{{"a"}};
    EXPECT_EQ(grants.ends_at(open, 5s), 5s + enforcement::surely_over);
    EXPECT_EQ(grants.ends_at(open, 6s), 5s + enforcement::surely_over);
    EXPECT_EQ(grants.ends_at(open, 5s + enforcement::surely_over), std::nullopt);
}

TEST(enforcement_alone, the_margin_is_a_hundredth_of_the_grant)
{
    EXPECT_EQ(enforcement::surely_over, 2020ms);
}

} // namespace
