#include "service/sending_pace.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

using namespace std::chrono_literals;
using service::sending_pace;

namespace {

const service::pace_limit four_kilobytes{30s, 4096};

TEST(sending_pace, a_peer_that_keeps_the_rate_is_never_too_slow)
{
    sending_pace pace{four_kilobytes};
    for (int second = 0; second < 3600; ++second) {
        pace.took(4096, 1s);
        ASSERT_FALSE(pace.too_slow()) << second;
    }
}

TEST(sending_pace, a_peer_that_takes_less_is_too_slow_when_the_time_is_over)
{
    sending_pace pace{four_kilobytes};
    int seconds = 0;
    while (!pace.too_slow() && seconds < 3600) {
        pace.took(4095, 1s);
        ++seconds;
    }
    EXPECT_EQ(seconds, 30);
}

TEST(sending_pace, what_was_taken_fast_at_first_is_no_credit_for_later)
{
    sending_pace pace{four_kilobytes};
    pace.took(64 * 1024 * 1024, 1s);
    EXPECT_EQ(pace.left(), 30s);
    pace.took(1000, 29s);
    EXPECT_FALSE(pace.too_slow());
    EXPECT_EQ(pace.left(), 1s);
    pace.took(1000, 1s);
    EXPECT_TRUE(pace.too_slow());
}

TEST(sending_pace, a_pause_within_the_time_is_forgiven)
{
    sending_pace pace{four_kilobytes};
    for (int round = 0; round < 100; ++round) {
        pace.took(0, 29s);
        pace.took(std::size_t{30} * 4096, 500ms);
        ASSERT_FALSE(pace.too_slow());
    }
}

TEST(sending_pace, without_a_rate_any_octet_will_do)
{
    sending_pace pace{{30s, 0}};
    pace.took(1, 29s);
    EXPECT_EQ(pace.left(), 30s);
    pace.took(0, 30s);
    EXPECT_TRUE(pace.too_slow());
}

TEST(sending_pace, the_time_for_the_next_octets_is_never_rounded_to_nothing)
{
    sending_pace pace{{100ms, 4096}};
    pace.took(0, 99'999us);
    EXPECT_FALSE(pace.too_slow());
    EXPECT_EQ(pace.left(), 1ms);
}

} // namespace
