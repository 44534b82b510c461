#include "simulator/mailboxes/mail_links.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

using simulator::find_links;
using links = std::vector<std::string>;

namespace {

TEST(mail_links, addresses_of_the_text_come_first_and_each_once)
{
    EXPECT_EQ(
        find_links(
            "see https://a.example/1 or http://b.example",
            "<a href='https://c.example'>x</a>"
            "<a href=\"https://a.example/1\">y</a>"),
        (links{"https://a.example/1", "http://b.example", "https://c.example"}));
}

TEST(mail_links, punctuation_around_an_address_is_not_part_of_it)
{
    EXPECT_EQ(
        find_links(
            "(https://a.example/x). <https://b.example/?q=1&r=2>, \"HTTPS://c.example/!\"", ""),
        (links{"https://a.example/x", "https://b.example/?q=1&r=2", "HTTPS://c.example/"}));
}

TEST(mail_links, entities_in_html_are_resolved)
{
    EXPECT_EQ(
        find_links("", R"(<A HREF = "https://a.example/?x=1&amp;y=2&#39;">)"),
        links{"https://a.example/?x=1&y=2'"});
}

TEST(mail_links, a_bare_attribute_is_read)
{
    EXPECT_EQ(find_links("", "<a href=https://a.example/b>"), links{"https://a.example/b"});
}

TEST(mail_links, other_schemes_are_no_links)
{
    EXPECT_TRUE(
        find_links(
            "ftp://a.example javascript:x", "<a href='javascript:go'><a href='mailto:a@b.example'>")
            .empty());
}

TEST(mail_links, unfinished_html_is_survived)
{
    for (const char* html :
         {"href", "<a href", "<a href=", "<a href= ", "<a href=\"", "<a href='https://a"})
        EXPECT_NO_THROW(find_links(html, html));
}

// Each beginning used to be read to the end of the mail: minutes for a megabyte.
TEST(mail_links, a_mail_of_nothing_but_beginnings_is_read_in_no_time)
{
    for (const std::string beginning : {"href=", "href='", "href=http://", "http://", "href "}) {
        std::string html;
        while (html.size() < 1'000'000)
            html += beginning;
        const auto began = std::chrono::steady_clock::now();
        EXPECT_LE(find_links(html, html).size(), 1000u);
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{5}) << beginning;
    }
}

TEST(mail_links, there_is_an_end_to_them)
{
    std::string text;
    for (int number = 0; number < 3000; ++number)
        text += "https://a.example/" + std::to_string(number) + " ";
    EXPECT_EQ(find_links(text, text).size(), 1000u);
}

} // namespace
