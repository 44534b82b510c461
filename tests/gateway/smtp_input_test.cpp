#include "gateway/smtp_input.hpp"

#include <gtest/gtest.h>

namespace gateway {
namespace {

using cut = smtp_input::cut;

TEST(smtp_input, cuts_lines_at_crlf_however_they_arrive)
{
    smtp_input input(100);
    std::string line;
    input.append("EHLO a\r");
    EXPECT_EQ(input.next_line(line), cut::more);
    input.append("\nQUIT\r\nrest");
    EXPECT_EQ(input.next_line(line), cut::line);
    EXPECT_EQ(line, "EHLO a");
    EXPECT_EQ(input.next_line(line), cut::line);
    EXPECT_EQ(line, "QUIT");
    EXPECT_EQ(input.next_line(line), cut::more);
    EXPECT_EQ(input.view(), "rest");
    input.drop(4);
    EXPECT_TRUE(input.empty());
}

TEST(smtp_input, a_bare_line_feed_ends_the_trust)
{
    smtp_input input(100);
    std::string line;
    input.append("EHLO a\nQUIT\r\n");
    EXPECT_EQ(input.next_line(line), cut::bare_line_feed);
    smtp_input second(100);
    second.append("\n");
    EXPECT_EQ(second.next_line(line), cut::bare_line_feed);
}

TEST(smtp_input, a_line_is_bounded_before_it_ends)
{
    std::string line;
    smtp_input endless(10);
    endless.append("0123456789");
    EXPECT_EQ(endless.next_line(line), cut::too_long);
    smtp_input fitting(10);
    fitting.append("01234567\r\n");
    EXPECT_EQ(fitting.next_line(line), cut::line);
    smtp_input late(10);
    late.append("012345678\r\n");
    EXPECT_EQ(late.next_line(line), cut::too_long);
}

} // namespace
} // namespace gateway
