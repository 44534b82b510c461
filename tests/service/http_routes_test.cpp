#include "service/http_routes.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using service::http_request;
using service::http_response;
using service::http_route;
using service::http_routes;

namespace {

boost::asio::awaitable<http_response> nothing(const http_request&)
{
    co_return http_response{};
}

const http_routes& table()
{
    static const http_routes routes{{
        {"GET", "/", "home", nothing},
        {"GET", "/m/{token}", "message", nothing},
        {"POST", "/m/{token}", "act", nothing},
        {"GET", "/m/{token}/attachments/{index}", "attachment", nothing},
        {"GET", "/static/{file*}", "static", nothing},
    }};
    return routes;
}

TEST(http_routes, parameters_take_one_segment_each)
{
    const auto found = table().find("GET", {"m", "abc", "attachments", "2"});
    ASSERT_NE(found.route, nullptr);
    EXPECT_EQ(found.route->name, "attachment");
    EXPECT_EQ(found.parameters.at("token"), "abc");
    EXPECT_EQ(found.parameters.at("index"), "2");
}

TEST(http_routes, a_star_takes_the_rest)
{
    EXPECT_EQ(table().find("GET", {"static", "a", "b.css"}).parameters.at("file"), "a/b.css");
    EXPECT_EQ(table().find("GET", {"static"}).route, nullptr);
}

TEST(http_routes, head_is_served_by_get_and_by_nothing_else)
{
    EXPECT_EQ(table().find("HEAD", {"m", "abc"}).route->name, "message");
    EXPECT_EQ(table().find("HEAD", {"m"}).route, nullptr);
}

TEST(http_routes, a_known_path_with_another_method_names_the_allowed_ones)
{
    const auto found = table().find("DELETE", {"m", "abc"});
    EXPECT_EQ(found.route, nullptr);
    EXPECT_EQ(found.allowed, "GET, HEAD, POST");
    EXPECT_EQ(table().find("GET", {"nowhere"}).allowed, "");
}

TEST(http_routes, an_empty_segment_is_no_parameter)
{
    EXPECT_EQ(table().find("GET", {"m", ""}).route, nullptr);
    EXPECT_EQ(table().find("GET", {""}).route->name, "home");
}

TEST(http_routes, a_route_that_is_not_well_formed_is_refused_at_start)
{
    EXPECT_THROW(http_routes({{"GET", "m", "no slash", nothing}}), std::invalid_argument);
    EXPECT_THROW(http_routes({{"GET", "/m", "no handler", {}}}), std::invalid_argument);
}

} // namespace
