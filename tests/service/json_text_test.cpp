#include "service/json_text.hpp"
#include "service/utf8.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <string>

using service::is_utf8;
using service::json_quoted;
using service::utf8_sequence;

namespace {

TEST(json_text, ordinary_text_stays_as_it_is)
{
    EXPECT_EQ(json_quoted(""), "\"\"");
    EXPECT_EQ(json_quoted("Grüße, 世界 🌍"), "\"Grüße, 世界 🌍\"");
}

TEST(json_text, quotes_backslashes_and_controls_are_escaped)
{
    EXPECT_EQ(json_quoted("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(json_quoted("\n\r\t"), R"("\n\r\t")");
    EXPECT_EQ(json_quoted(std::string_view{"\0\x01\x7f", 3}), R"("\u0000\u0001\u007f")");
}

TEST(json_text, whatever_comes_in_valid_json_on_one_line_comes_out)
{
    std::mt19937 random{2024}; // the same octets each time
    std::uniform_int_distribution<int> octet{0, 255};
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        for (int i = 0; i < 24; ++i) {
            text += static_cast<char>(octet(random));
        }
        const std::string quoted = json_quoted(text);
        ASSERT_EQ(quoted.find_first_of("\n\r\x1b"), std::string::npos);
        ASSERT_TRUE(is_utf8(quoted));
        ASSERT_NO_THROW({ const auto parsed = nlohmann::json::parse(quoted); });
    }
}

TEST(json_text, text_that_is_utf8_survives_the_round_trip)
{
    for (const char* const text : {"plain", "\"quoted\"", "a\nb", "\u0080\u009f", "\U0010FFFF"}) {
        EXPECT_EQ(nlohmann::json::parse(json_quoted(text)).get<std::string>(), text);
    }
}

TEST(utf8, sequences_of_every_length_are_measured)
{
    EXPECT_EQ(utf8_sequence("a", 0), 1U);
    EXPECT_EQ(utf8_sequence("ü", 0), 2U);
    EXPECT_EQ(utf8_sequence("€", 0), 3U);
    EXPECT_EQ(utf8_sequence("🌍", 0), 4U);
    EXPECT_EQ(utf8_sequence("xü", 1), 2U);
}

TEST(utf8, what_only_looks_like_it_is_refused)
{
    for (const char* const wrong :
         {"\x80",             // continuation without a lead
          "\xC0\x80",         // overlong NUL
          "\xC1\xBF",         // overlong
          "\xE0\x80\xAF",     // overlong slash
          "\xF0\x80\x80\xAF", // overlong slash
          "\xED\xA0\x80",     // surrogate
          "\xF4\x90\x80\x80", // above U+10FFFF
          "\xF5\x80\x80\x80",
          "\xFE",
          "\xC3",     // cut short
          "\xE2\x82", // cut short
          "\xC3\x28"}) {
        EXPECT_FALSE(is_utf8(wrong)) << wrong;
    }
    EXPECT_TRUE(is_utf8(""));
    EXPECT_TRUE(is_utf8("\u07FF\u0800\uFFFF\U00010000\U0010FFFF"));
}

} // namespace
