#include "mail/charset.hpp"

#include <glib.h>
#include <gtest/gtest.h>

#include <string>

namespace mail {
namespace {

bool is_valid(const std::string& text)
{
    return g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr);
}

TEST(charset, becomes_utf8)
{
    EXPECT_EQ(to_utf8("caf\xE9", "iso-8859-1"), "café");
    EXPECT_EQ(to_utf8("\x93quoted\x94", "windows-1252"), "“quoted”");
    EXPECT_EQ(to_utf8("\x1B$B$3$s\x1B(B", "ISO-2022-JP"), "こん");
    EXPECT_EQ(to_utf8(std::string("\0h\0i", 4), "utf-16be"), "hi");
    EXPECT_EQ(to_utf8("\xC4\xE3\xBA\xC3", "gb2312"), "你好");
    EXPECT_EQ(to_utf8("Grüße", "UTF-8"), "Grüße");
}

TEST(charset, that_says_nothing_or_is_unknown_is_guessed)
{
    for (const char* charset : {"", "us-ascii", "ASCII", "no-such-charset", "x-user-defined"}) {
        EXPECT_EQ(to_utf8("Grüße", charset), "Grüße") << charset;
        EXPECT_EQ(to_utf8("caf\xE9", charset), "café") << charset;
    }
}

TEST(charset, that_lies_gives_valid_text_all_the_same)
{
    std::string all;
    for (int octet = 0; octet < 256; ++octet)
        all += static_cast<char>(octet);
    for (const char* charset :
         {"utf-8",
          "utf-16",
          "utf-32",
          "utf-7",
          "iso-2022-jp",
          "iso-2022-kr",
          "euc-jp",
          "gb18030",
          "big5"})
        EXPECT_TRUE(is_valid(to_utf8(all + all, charset))) << charset;
    EXPECT_EQ(
        to_utf8(
            "a\xFF"
            "b",
            "utf-8"),
        "a\uFFFDb");
    EXPECT_EQ(to_utf8("a\xC3", "utf-8"), "a\uFFFD");
}

TEST(charset, name_is_never_used_as_a_path_or_an_option)
{
    for (const std::string& charset :
         {std::string("../../tmp/evil"),
          std::string("UTF-8//IGNORE"),
          std::string(100'000, 'x'),
          std::string("utf-8\0x", 7)})
        EXPECT_EQ(to_utf8("caf\xC3\xA9", charset), "café");
}

TEST(charset, repairs_what_is_no_utf8)
{
    EXPECT_EQ(valid_utf8("ok"), "ok");
    EXPECT_EQ(valid_utf8({}), "");
    EXPECT_EQ(to_utf8({}, "iso-8859-1"), "");
    EXPECT_TRUE(is_valid(valid_utf8(std::string("a\0b\xFF\xED\xA0\x80", 7))));
}

TEST(charset, single_line_is_one_line)
{
    EXPECT_EQ(single_line("  a\r\nb\tc  "), "a  b c");
    EXPECT_EQ(single_line("\r\n"), "");
    EXPECT_EQ(
        single_line("\xC2\x85"
                    "é\xC2"),
        "é\xC2");
}

} // namespace
} // namespace mail
