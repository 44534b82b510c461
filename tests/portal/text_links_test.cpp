#include "portal/text_links.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using portal::split_links;

std::string joined(std::string_view text)
{
    std::string result;
    for (const auto& piece : split_links(text)) {
        result += piece.text;
        result += piece.link;
    }
    return result;
}

TEST(TextLinks, finds_addresses_and_leaves_the_punctuation_around_them)
{
    const std::vector<std::pair<std::string_view, std::string_view>> rows = {
        {"see https://example.org/a?b=c#d now", "https://example.org/a?b=c#d"},
        {"(https://example.org).", "https://example.org"},
        {"<http://example.org/>", "http://example.org/"},
        {"https://example.org/a,b, and", "https://example.org/a,b"},
        {"\"https://example.org\"", "https://example.org"},
    };
    for (const auto& [text, link] : rows) {
        EXPECT_EQ(split_links(text).front().link, link) << text;
    }
}

TEST(TextLinks, links_nothing_else)
{
    for (const std::string_view text :
         {"",
          "http://",
          "https://.",
          "httpss://x",
          "javascript:alert(1)",
          "HTTP",
          "mailto:x@y",
          "http:/x",
          "xhttp:",
          "ftp://example.org"}) {
        EXPECT_EQ(split_links(text).front().link, "") << text;
        EXPECT_EQ(joined(text), text);
    }
}

TEST(TextLinks, every_octet_is_in_exactly_one_piece)
{
    std::string text;
    for (int i = 0; i < 5000; ++i) {
        text += "a http://x.example/" + std::to_string(i) + " https:// b\r\n";
    }
    EXPECT_EQ(joined(text), text);
    EXPECT_LE(split_links(text).size(), 2001U);
    const std::string endless = "http://" + std::string(1'000'000, 'a');
    EXPECT_EQ(joined(endless), endless);
    EXPECT_EQ(split_links(endless).front().link, "");
}

} // namespace
