#include "encryptor/secret.hpp"
#include "portal/browser_request.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace {

using portal::is_from_here;

service::http_request with(std::map<std::string, std::string> headers)
{
    service::http_request request;
    request.headers = std::move(headers);
    return request;
}

TEST(BrowserRequest, forms_of_other_sites_are_told_apart)
{
    struct row {
        std::map<std::string, std::string> headers;
        bool ours;
    };
    const std::vector<row> rows = {
        {{}, true}, // no browser
        {{{"sec-fetch-site", "same-origin"}}, true},
        {{{"sec-fetch-site", "none"}}, true},
        {{{"sec-fetch-site", "same-site"}}, false},
        {{{"sec-fetch-site", "cross-site"}}, false},
        {{{"sec-fetch-site", "cross-site"}, {"origin", "https://portal.example"}}, false},
        {{{"sec-fetch-site", "same-origin"}, {"origin", "null"}}, true},
        {{{"origin", "https://portal.example"}}, true},
        {{{"origin", "https://localhost:8443"}, {"host", "localhost:8443"}}, true},
        {{{"origin", "null"}}, true},
        {{{"origin", "https://evil.example"}, {"host", "portal.example"}}, false},
        {{{"origin", "http://portal.example"}}, false},
        {{{"origin", "https://portal.example.evil.example"}}, false},
    };
    for (const row& one : rows) {
        EXPECT_EQ(is_from_here(with(one.headers), "https://portal.example"), one.ours)
            << (one.headers.empty() ? "no header" : one.headers.begin()->second);
    }
}

TEST(BrowserRequest, only_a_cookie_of_our_shape_is_looked_at)
{
    encryptor::start_cryptography();
    const std::string name{portal::session_cookie};
    const std::string value(64, 'a');
    EXPECT_TRUE(portal::session_of(with({})).empty());
    EXPECT_TRUE(portal::session_of(with({{"cookie", name + "=short"}})).empty());
    EXPECT_TRUE(portal::session_of(with({{"cookie", name + "=" + value + "a"}})).empty());
    EXPECT_TRUE(portal::session_of(with({{"cookie", "sealpost-session=" + value}})).empty());
    const mail::session_hash session =
        portal::session_of(with({{"cookie", "other=1; " + name + "=" + value}}));
    EXPECT_EQ(session.text.size(), 64U);
    EXPECT_NE(session.text, value);
}

TEST(BrowserRequest, the_cookie_is_bound_to_this_host_and_kept_from_scripts)
{
    const std::string set = portal::cookie_to_set("abc");
    EXPECT_EQ(set, "__Host-sealpost-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax");
    EXPECT_NE(portal::cookie_to_clear().find("Max-Age=0"), std::string::npos);
}

TEST(BrowserRequest, an_origin_is_the_front_of_a_url)
{
    EXPECT_EQ(portal::origin_of("https://portal.example/"), "https://portal.example");
    EXPECT_EQ(
        portal::origin_of("https://portal.example:8443/a/b?c"), "https://portal.example:8443");
    EXPECT_EQ(portal::origin_of("https://portal.example"), "https://portal.example");
}

} // namespace
