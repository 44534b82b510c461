#include "service/http_encoding.hpp"
#include "service/http_server.hpp"

#include <gtest/gtest.h>

#include <string>

using service::decoded_fields;
using service::parse_target;
using service::percent_decoded;

namespace {

TEST(http_encoding, a_target_is_decoded_segment_by_segment)
{
    const auto target = parse_target("/m/a%2Fb/Gr%C3%BC%C3%9Fe?x=1&y=a+b%26&x=2&empty");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->segments, (std::vector<std::string>{"m", "a/b", "Grüße"}));
    EXPECT_EQ(target->path(), "/m/a/b/Grüße");
    EXPECT_EQ(target->query.at("x"), "2");
    EXPECT_EQ(target->query.at("y"), "a b&");
    EXPECT_EQ(target->query.at("empty"), "");
}

TEST(http_encoding, a_plus_is_a_space_only_in_fields)
{
    EXPECT_EQ(parse_target("/a+b")->segments.front(), "a+b");
}

TEST(http_encoding, the_absolute_form_is_understood)
{
    EXPECT_EQ(parse_target("http://example.org/a?b=c")->path(), "/a");
    EXPECT_EQ(parse_target("http://example.org")->path(), "/");
}

TEST(http_encoding, a_final_slash_is_an_empty_segment)
{
    EXPECT_EQ(parse_target("/")->segments, std::vector<std::string>{""});
    EXPECT_EQ(parse_target("/a/")->segments, (std::vector<std::string>{"a", ""}));
}

TEST(http_encoding, hostile_targets_are_refused)
{
    for (const char* const hostile :
         {"/../etc/passwd",
          "/a/%2e%2e/b",
          "/a/..%2fb",
          "/a/..%5cb",
          "/.",
          "/a%00b",
          "/a%0ab",
          "/%",
          "/%4",
          "/%zz",
          "/%C0%AF",
          "/%ED%A0%80",
          "/%FF",
          "*",
          "",
          "a/b",
          "/a?x=%",
          "/a?x=%00",
          "/a?x=%FF"}) {
        EXPECT_FALSE(parse_target(hostile)) << hostile;
    }
}

TEST(http_encoding, too_many_fields_are_refused)
{
    std::string many;
    for (int i = 0; i < 2000; ++i) {
        many += std::to_string(i) + "=x&";
    }
    EXPECT_FALSE(decoded_fields(many));
}

TEST(http_encoding, decoding_refuses_nul_and_broken_escapes)
{
    EXPECT_EQ(percent_decoded("a%20b+c", true), "a b c");
    EXPECT_FALSE(percent_decoded("%00", false));
    EXPECT_FALSE(percent_decoded("%0", false));
    EXPECT_FALSE(percent_decoded("%g0", false));
}

TEST(http_request, headers_are_found_whatever_their_case)
{
    service::http_request request;
    request.headers["x-thing"] = "value";
    EXPECT_EQ(request.header("X-Thing"), "value");
    EXPECT_EQ(request.header("other"), "");
}

TEST(http_request, a_cookie_is_found_by_its_whole_name)
{
    service::http_request request;
    request.headers["cookie"] = "xsession=no; session=yes;  last=a=b";
    EXPECT_EQ(request.cookie("session"), "yes");
    EXPECT_EQ(request.cookie("last"), "a=b");
    EXPECT_EQ(request.cookie("ession"), "");
}

TEST(http_request, a_form_is_decoded_only_when_it_says_that_it_is_one)
{
    service::http_request request;
    request.body = "code=123+4&note=%E2%9C%89";
    EXPECT_TRUE(request.form().empty());
    request.headers["content-type"] = "Application/X-WWW-Form-URLencoded ; charset=utf-8";
    EXPECT_EQ(request.form().at("code"), "123 4");
    EXPECT_EQ(request.form().at("note"), "✉");
    request.body = "code=%FF";
    EXPECT_THROW(request.form(), service::bad_request);
}

} // namespace
