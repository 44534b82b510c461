#include "portal/grants.hpp"

#include <gtest/gtest.h>

namespace {

using portal::grant;
using std::chrono::milliseconds;

grant::time_point at(int millisecond)
{
    return grant::time_point{milliseconds{millisecond}};
}

TEST(Grant, holds_from_when_the_append_was_sent_until_two_seconds_later)
{
    const grant held{at(1000)};
    EXPECT_TRUE(held.holds_at(at(1000)));
    EXPECT_TRUE(held.holds_at(at(2999)));
    EXPECT_FALSE(held.holds_at(at(3000)));
    EXPECT_EQ(held.ends(), at(3000));
}

TEST(Grant, is_renewed_at_half_of_its_time)
{
    const grant held{at(1000)};
    EXPECT_FALSE(held.renewal_due(at(1999)));
    EXPECT_TRUE(held.renewal_due(at(2000)));
    EXPECT_TRUE(held.renewal_due(at(9000)));
}

TEST(Grant, a_renewal_counts_from_when_it_was_sent_not_from_its_answer)
{
    grant held{at(1000)};
    held.renewed(at(2100));
    EXPECT_EQ(held.ends(), at(4100));
    EXPECT_FALSE(held.renewal_due(at(3000)));
}

TEST(Grant, an_older_renewal_that_is_answered_late_moves_nothing_back)
{
    grant held{at(1000)};
    held.renewed(at(2500));
    held.renewed(at(2000));
    EXPECT_EQ(held.ends(), at(4500));
}

TEST(Grant, that_was_refused_once_never_holds_again)
{
    grant held{at(1000)};
    held.end();
    EXPECT_FALSE(held.holds_at(at(1001)));
    held.renewed(at(1500));
    EXPECT_FALSE(held.holds_at(at(1501)));
}

TEST(Grant, the_portal_is_done_before_the_revocation_service_stops_waiting)
{
    // It waits 1.01 G from when it received what was sent here earlier.
    const grant held{at(0)};
    EXPECT_LT(held.ends(), at(0) + grant::length * 101 / 100);
}

} // namespace
