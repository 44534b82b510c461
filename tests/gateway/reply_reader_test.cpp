#include "gateway/reply_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gateway {
namespace {

using progress = reply_reader::progress;

TEST(reply_reader, reads_a_single_line_with_its_enhanced_code)
{
    reply_reader reader;
    EXPECT_EQ(reader.line("550 5.1.1 no such user"), progress::complete);
    EXPECT_EQ(reader.reply().code, 550);
    EXPECT_EQ(reader.reply().enhanced, "5.1.1");
    EXPECT_EQ(one_line(reader.reply()), "550 5.1.1 no such user");
}

TEST(reply_reader, puts_several_lines_together)
{
    reply_reader reader;
    EXPECT_EQ(reader.line("250-mx greets you"), progress::more);
    EXPECT_EQ(reader.line("250-SIZE 100"), progress::more);
    EXPECT_EQ(reader.line("250 HELP"), progress::complete);
    EXPECT_EQ(reader.reply().lines.size(), 3U);
}

TEST(reply_reader, a_code_alone_is_a_reply)
{
    reply_reader reader;
    EXPECT_EQ(reader.line("250"), progress::complete);
    EXPECT_EQ(one_line(reader.reply()), "250");
}

TEST(reply_reader, what_is_no_reply_is_nonsense)
{
    for (const auto* line :
         {"", "25", "abc hello", "150 early", "650 late", "250_x", "HTTP/1.1 400"}) {
        reply_reader reader;
        EXPECT_EQ(reader.line(line), progress::nonsense) << line;
    }
    reply_reader mixed;
    mixed.line("250-a");
    EXPECT_EQ(mixed.line("550 b"), progress::nonsense) << "one reply has one code";
}

TEST(reply_reader, a_reply_without_end_is_cut_off)
{
    reply_reader reader;
    std::size_t lines = 0;
    while (reader.line("250-again") == progress::more) {
        ASSERT_LE(++lines, reply_reader::most_lines);
    }
}

TEST(reply_reader, control_characters_of_the_peer_go_nowhere)
{
    reply_reader reader;
    reader.line("550 5.1.x \x1b[31mred\x01");
    EXPECT_EQ(one_line(reader.reply()), "550 5.1.x [31mred");
    EXPECT_EQ(reader.reply().enhanced, "");
}

} // namespace
} // namespace gateway
