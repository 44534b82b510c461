#include "gateway/smtp_reply.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gateway {
namespace {

TEST(smtp_reply, every_outcome_has_a_reply_whose_classes_agree)
{
    for (int number = 0; number <= static_cast<int>(smtp_outcome::bad_message_id); ++number) {
        const auto reply = reply_for(static_cast<smtp_outcome>(number), "x");
        ASSERT_GE(reply.code, 200) << number;
        ASSERT_LT(reply.code, 600) << number;
        ASSERT_EQ(reply.lines.size(), 1U);
        EXPECT_EQ(reply.lines[0].find("{}"), std::string::npos) << reply.lines[0];
        if (!reply.enhanced.empty()) {
            EXPECT_EQ(reply.enhanced[0] - '0', reply.code / 100) << reply.wire();
        }
    }
}

TEST(smtp_reply, several_lines_all_carry_the_code)
{
    const smtp_reply reply{250, "2.0.0", {"accepted as 1", "<a@b.org> link"}};
    EXPECT_EQ(reply.wire(), "250-2.0.0 accepted as 1\r\n250 2.0.0 <a@b.org> link\r\n");
}

TEST(smtp_reply, a_reply_without_lines_is_still_one_line)
{
    EXPECT_EQ((smtp_reply{354, "", {}}).wire(), "354 \r\n");
}

TEST(smtp_reply, what_a_directory_says_cannot_start_a_second_reply)
{
    const smtp_reply reply{250, "", {"a\r\n221 bye\n\x7f"}};
    EXPECT_EQ(reply.wire(), "250 a??221 bye??\r\n");
}

TEST(smtp_reply, a_line_has_at_most_512_octets)
{
    const smtp_reply reply{250, "2.0.0", {std::string(2000, 'x')}};
    EXPECT_EQ(reply.wire().size(), 512U);
    EXPECT_TRUE(reply.wire().ends_with("x\r\n"));
}

} // namespace
} // namespace gateway
