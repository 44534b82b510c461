#include "simulator/mailboxes/told_mails.hpp"

#include <gtest/gtest.h>

using simulator::told_mails;

namespace {

TEST(told_mails, are_found_with_the_same_means_only)
{
    told_mails told;
    EXPECT_EQ(told.find(1, "key"), nullptr);
    told.keep(1, "key", "{}");
    ASSERT_NE(told.find(1, "key"), nullptr);
    EXPECT_EQ(*told.find(1, "key"), "{}");
    EXPECT_EQ(told.find(1, "other key"), nullptr);
    told.keep(1, "other key", "{1}");
    EXPECT_EQ(told.find(1, "key"), nullptr);
    EXPECT_EQ(*told.find(1, "other key"), "{1}");
    EXPECT_EQ(told.octets(), 3u);
}

TEST(told_mails, are_no_more_than_their_bound)
{
    told_mails told;
    const std::int64_t most = told_mails::most_octets / told_mails::longest;
    for (std::int64_t id = 1; id <= most + 1; ++id)
        told.keep(id, "", std::string(told_mails::longest, 'x'));
    EXPECT_EQ(told.octets(), told_mails::most_octets);
    EXPECT_EQ(told.find(1, ""), nullptr) << "the oldest goes first";
    EXPECT_NE(told.find(2, ""), nullptr);
    told.keep(100, "", std::string(told_mails::longest + 1, 'x'));
    EXPECT_EQ(told.find(100, ""), nullptr);
    EXPECT_EQ(told.octets(), told_mails::most_octets);
}

TEST(told_mails, told_again_and_again_do_not_pile_up)
{
    told_mails told;
    for (int turn = 0; turn < 200; ++turn)
        told.keep(turn % 2, std::to_string(turn), std::string(told_mails::longest, 'x'));
    EXPECT_EQ(told.octets(), 2 * told_mails::longest);
    EXPECT_NE(told.find(1, "199"), nullptr);
}

} // namespace
