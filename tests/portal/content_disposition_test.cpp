#include "portal/content_disposition.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using portal::content_disposition;
using portal::safe_file_name;

TEST(ContentDisposition, writes_names_as_RFC_6266_and_RFC_8187_say)
{
    struct row {
        std::string_view name, header;
    };
    const std::vector<row> rows = {
        {"report.pdf", R"(attachment; filename="report.pdf")"},
        {"two words.txt", R"(attachment; filename="two words.txt")"},
        {"Übersicht — план.bin",
         "attachment; filename=\"_bersicht _ ____.bin\"; "
         "filename*=UTF-8''%C3%9Cbersicht%20%E2%80%94%20%D0%BF%D0%BB%D0%B0%D0%BD.bin"},
        {"€.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%E2%82%AC.txt"},
        {"😀.png", "attachment; filename=\"_.png\"; filename*=UTF-8''%F0%9F%98%80.png"},
        {"100%.csv", "attachment; filename=\"100_.csv\"; filename*=UTF-8''100%25.csv"},
        {"it's (1).doc", R"(attachment; filename="it's (1).doc")"},
        {"é'(*).x", "attachment; filename=\"_'(_).x\"; filename*=UTF-8''%C3%A9%27%28_%29.x"},
        {"", R"(attachment; filename="attachment")"},
    };
    for (const row& one : rows) {
        EXPECT_EQ(content_disposition(one.name), one.header);
    }
}

TEST(ContentDisposition, hostile_names_can_neither_split_the_header_nor_name_a_path)
{
    struct row {
        std::string_view name, safe;
    };
    using namespace std::string_view_literals;
    const std::vector<row> rows = {
        {"a\"; filename=\"evil.exe", "a_; filename=_evil.exe"},
        {"a\r\nSet-Cookie: x=1", "aSet-Cookie_ x=1"},
        {"a\0b.txt"sv, "ab.txt"},
        {"../../etc/passwd", "_.._etc_passwd"},
        {"..\\..\\boot.ini", "_.._boot.ini"},
        {"/etc/passwd", "_etc_passwd"},
        {"C:\\x", "C__x"},
        {".htaccess", "htaccess"},
        {"...", "attachment"},
        {"   ", "attachment"},
        {"name. . .", "name"},
        {"a\\", "a_"},
        {"invoice\u202Efdp.exe", "invoicefdp.exe"},
        {"zero\u200Bwidth", "zerowidth"},
        {"\xff\xfe.bin", "__.bin"},
        {"\xc3", "_"},
        {"\xc0\xaf", "__"},
        {"\xed\xa0\x80", "___"},
        {"\xf4\x90\x80\x80", "____"},
        {"a\u0085b\u2028c", "abc"},
        {"<script>|?*", "_script____"},
    };
    for (const row& one : rows) {
        EXPECT_EQ(safe_file_name(one.name), one.safe) << one.name;
        const std::string header = content_disposition(one.name);
        EXPECT_EQ(header.find_first_of("\r\n\\", 0), std::string::npos);
        EXPECT_EQ(header.find('"', header.find('"', 22) + 1), std::string::npos) << header;
    }
}

TEST(ContentDisposition, long_names_end_at_a_whole_character)
{
    std::string name;
    for (int i = 0; i < 1000; ++i) {
        name += "€";
    }
    const std::string safe = safe_file_name(name);
    EXPECT_LE(safe.size(), 200U);
    EXPECT_EQ(safe.size() % 3, 0U);
    EXPECT_LE(safe_file_name(std::string(10'000, 'a')).size(), 200U);
}

} // namespace
