#include "cli/pipeline.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace {

using namespace std::chrono_literals;

TEST(told_of, a_death_says_what_follows_and_where_to_look)
{
    cli::child_exit death{.name = "portal", .status = 78 << 8, .deaths_in_a_row = 1};
    EXPECT_EQ(cli::told_of(death, "x.log"), "portal died (exit code 78); SIGUSR1 starts it again");
    death.again_in = 0ms;
    EXPECT_EQ(
        cli::told_of(death, "x.log"),
        "portal died (exit code 78), it is started again; its log is x.log");
    death.deaths_in_a_row = 3;
    death.again_in = 100ms;
    EXPECT_EQ(
        cli::told_of(death, "x.log"),
        "portal died (exit code 78) 3 times in a row, it is started again in 100 ms; its log is "
        "x.log");
}

TEST(told_of, what_could_not_be_started_is_told_with_the_reason)
{
    const cli::child_exit missed{
        .name = "bus", .not_started = "cannot run it", .deaths_in_a_row = 2, .again_in = 50ms};
    EXPECT_EQ(
        cli::told_of(missed, "x.log"),
        "bus cannot be started (cannot run it) 2 times in a row, it is started again in 50 ms; its "
        "log is x.log");
}

} // namespace
