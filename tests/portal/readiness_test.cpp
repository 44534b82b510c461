#include "portal/readiness.hpp"
#include "tests/portal/fake_mail_log.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Readiness, a_portal_that_never_caught_up_is_not_ready_but_says_how_far_it_is)
{
    tests::fake_mail_log log;
    portal::readiness readiness{log};
    const service::readiness answer = readiness.now();
    EXPECT_FALSE(answer.ready);
    EXPECT_EQ(
        answer.json,
        "{\"ready\":false,\"applied\":0,\"digest\":\"" + log.ledger().digest() + "\"}");
}

TEST(Readiness, the_digest_follows_what_was_applied)
{
    tests::fake_mail_log log;
    portal::readiness readiness{log};
    const std::string before = readiness.now().json;
    mail::session_ended body{mail::session_hash{std::string(64, 'a')}};
    log.append_now({mail::event_id{"e1"}, "/test", body});
    const std::string after = readiness.now().json;
    EXPECT_NE(before, after);
    EXPECT_NE(after.find("\"applied\":1"), std::string::npos);
    EXPECT_NE(after.find(log.ledger().digest()), std::string::npos);
}

} // namespace
