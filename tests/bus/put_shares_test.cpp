#include "bus/put_shares.hpp"

#include <gtest/gtest.h>

namespace bus {
namespace {

using std::chrono::milliseconds;

const put_shares::time_point start{std::chrono::hours{1}};

TEST(shares_of_puts, are_one_whole_for_a_peer_alone)
{
    put_shares shares;
    EXPECT_EQ(shares.share("a", start), put_shares::for_all);
    EXPECT_EQ(shares.share("a", start + milliseconds{1}), put_shares::for_all);
}

TEST(shares_of_puts, are_smaller_the_more_put_at_once)
{
    put_shares shares;
    shares.share("a", start);
    EXPECT_EQ(shares.share("b", start), put_shares::for_all / 2);
    EXPECT_EQ(shares.share("c", start), put_shares::for_all / 3);
    EXPECT_EQ(shares.share("a", start), put_shares::for_all / 3);
}

TEST(shares_of_puts, grow_when_others_put_nothing_any_more)
{
    put_shares shares;
    shares.share("a", start);
    shares.share("b", start + put_shares::memory / 2);
    EXPECT_EQ(shares.share("b", start + put_shares::memory), put_shares::for_all / 2);
    const auto later = start + put_shares::memory + put_shares::memory / 10;
    EXPECT_EQ(shares.share("b", later), put_shares::for_all);
}

} // namespace
} // namespace bus
