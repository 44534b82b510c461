#include "portal/readiness.hpp"
#include "tests/portal/portal_under_test.hpp"

#include <gtest/gtest.h>

namespace {

class Readiness : public tests::portal_under_test {
protected:
    void append()
    {
        mail::session_ended body{mail::session_hash{std::string(64, 'a')}};
        log.append_now(fact(body));
    }
    std::string digest()
    {
        for (const service::http_route& one : health) {
            if (one.name == "digest") {
                return run(one.handle({})).body;
            }
        }
        throw std::logic_error{"no such route"};
    }

    portal::readiness readiness{log};
    std::vector<service::http_route> health =
        portal::make_health_routes(log, [this] { return readiness.now(); });
};

TEST_F(Readiness, a_portal_that_never_caught_up_is_not_ready_but_says_how_far_it_is)
{
    append();
    const service::readiness answer = readiness.now();
    EXPECT_FALSE(answer.ready);
    EXPECT_EQ(answer.json, R"({"ready":false,"applied":1})");
}

TEST_F(Readiness, the_digest_follows_what_was_applied)
{
    EXPECT_EQ(digest(), R"({"applied":0,"digest":")" + log.ledger().digest() + "\"}");
    append();
    EXPECT_EQ(digest(), R"({"applied":1,"digest":")" + log.ledger().digest() + "\"}");
}

TEST_F(Readiness, the_digest_is_not_for_the_public)
{
    for (const service::http_route& one : routes) {
        EXPECT_NE(one.name, "digest");
    }
}

} // namespace
