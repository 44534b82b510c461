#include "mail/file_name.hpp"

#include <glib.h>
#include <gtest/gtest.h>

#include <string>

namespace mail {
namespace {

TEST(file_name, keeps_a_name_that_harms_nobody)
{
    EXPECT_EQ(safe_file_name("Bericht für März.pdf", "x"), "Bericht für März.pdf");
    EXPECT_EQ(safe_file_name(".profile", "x"), ".profile");
}

TEST(file_name, loses_its_path)
{
    EXPECT_EQ(safe_file_name("../../etc/passwd", "x"), "passwd");
    EXPECT_EQ(safe_file_name("C:\\temp\\a.doc", "x"), "a.doc");
    EXPECT_EQ(safe_file_name("a/b\\c/", "x"), "x");
    for (const char* nothing : {"", ".", "..", " . ", "/", "a/.."})
        EXPECT_EQ(safe_file_name(nothing, "x"), "x") << nothing;
}

TEST(file_name, loses_control_characters_and_turned_directions)
{
    EXPECT_EQ(safe_file_name("a\r\nSet-Cookie: b.txt", "x"), "a  Set-Cookie: b.txt");
    EXPECT_EQ(safe_file_name("evil\u202Efdp.exe", "x"), "evilfdp.exe");
    EXPECT_EQ(safe_file_name(std::string("a\0b", 3), "x"), "a\uFFFDb");
}

TEST(file_name, is_cut_between_characters_and_keeps_its_extension)
{
    std::string longest;
    for (int i = 0; i < 300; ++i)
        longest += "ä";
    const std::string name = safe_file_name(longest + ".pdf", "x");
    EXPECT_LE(name.size(), 200U);
    EXPECT_TRUE(name.ends_with("ä.pdf"));
    EXPECT_TRUE(g_utf8_validate(name.c_str(), -1, nullptr));
}

TEST(file_name, is_made_up_where_there_is_none)
{
    EXPECT_EQ(default_file_name("image/png", 3), "attachment-3.png");
    EXPECT_EQ(default_file_name("application/x-unheard-of", 1), "attachment-1.bin");
}

} // namespace
} // namespace mail
