#include "service/http_server.hpp"
#include "tests/service/test_site.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace {

class health_page : public http_site_test {
protected:
    health_page()
    {
        std::vector<service::http_route> routes =
            service::health_routes([this] { return readiness_; });
        routes.push_back(service::digest_route(
            [this] { return applied_; },
            [this] {
                ++made_;
                return "digest of " + std::to_string(applied_);
            }));
        start(std::move(routes));
    }
    std::string get(const std::string& path)
    {
        return ask("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    service::readiness readiness_;
    std::uint64_t applied_ = 0;
    int made_ = 0;
};

TEST_F(health_page, health_is_told_and_readiness_depends)
{
    EXPECT_TRUE(get("/healthz").starts_with("HTTP/1.1 200 "));
    readiness_ = {false, R"({"lag":7})"};
    const std::string lagging = get("/readyz");
    EXPECT_TRUE(lagging.starts_with("HTTP/1.1 503 "));
    EXPECT_TRUE(lagging.ends_with(R"({"lag":7})"));
    readiness_ = service::applied_readiness(true, 9);
    const std::string ready = get("/readyz");
    EXPECT_TRUE(ready.starts_with("HTTP/1.1 200 "));
    EXPECT_TRUE(ready.ends_with(R"({"ready":true,"applied":9})"));
    EXPECT_EQ(service::applied_readiness(false, 9).json, R"({"ready":false,"applied":9})");
}

TEST_F(health_page, a_digest_is_made_once_for_each_place_in_the_log)
{
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(get("/digest").ends_with(R"({"applied":0,"digest":"digest of 0"})"));
    }
    EXPECT_EQ(made_, 1);
    applied_ = 5;
    EXPECT_TRUE(get("/digest").ends_with(R"({"applied":5,"digest":"digest of 5"})"));
    get("/digest");
    EXPECT_EQ(made_, 2);
}

TEST_F(health_page, nothing_but_the_digest_makes_one)
{
    get("/healthz");
    get("/readyz");
    EXPECT_TRUE(get("/digest/").starts_with("HTTP/1.1 404 "));
    EXPECT_EQ(made_, 0);
}

} // namespace
