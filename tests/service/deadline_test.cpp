#include "service/deadline.hpp"
#include "tests/service/test_loop.hpp"

#include <gtest/gtest.h>

using service::deadline;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

class deadlines : public testing::Test {
protected:
    /// Counts how often the operation of that side is ended.
    void watch(deadline::side side, int& ended)
    {
        deadline_.slot(side).assign([&ended](boost::asio::cancellation_type) { ++ended; });
    }
    static deadline::due_time at(steady_clock::time_point due)
    {
        return [due] { return due; };
    }

    test_loop loop_;
    deadline deadline_{loop_.io.get_executor()};
    int read_ended_ = 0;
    int write_ended_ = 0;
};

TEST_F(deadlines, an_operation_is_ended_when_time_is_up_and_until_it_has_ended)
{
    deadline_.start(deadline::reading, at(steady_clock::now()));
    watch(deadline::reading, read_ended_);
    loop_.wait_for([this] { return read_ended_ > 1; });
    EXPECT_TRUE(deadline_.is_ending(deadline::reading));
    EXPECT_TRUE(deadline_.finish(deadline::reading));
    EXPECT_FALSE(deadline_.is_ending(deadline::reading));
    EXPECT_FALSE(deadline_.finish(deadline::reading)) << "told already";
}

TEST_F(deadlines, each_side_has_its_own)
{
    deadline_.start(deadline::reading, at(steady_clock::now() + 1h));
    deadline_.start(deadline::writing, at(steady_clock::now()));
    watch(deadline::reading, read_ended_);
    watch(deadline::writing, write_ended_);
    loop_.wait_for([this] { return write_ended_ != 0; });
    EXPECT_EQ(read_ended_, 0);
    EXPECT_FALSE(deadline_.finish(deadline::reading));
    EXPECT_TRUE(deadline_.finish(deadline::writing));
}

TEST_F(deadlines, an_operation_that_ended_in_time_is_left_alone)
{
    deadline_.start(deadline::reading, at(steady_clock::now() + 1ms));
    EXPECT_FALSE(deadline_.finish(deadline::reading));
    deadline_.start(deadline::reading, at(steady_clock::now() + 1h));
    watch(deadline::reading, read_ended_);
    const auto later = steady_clock::now() + 20ms; // the first one's time is over by then
    loop_.wait_for([later] { return steady_clock::now() > later; });
    EXPECT_EQ(read_ended_, 0);
}

TEST_F(deadlines, one_that_moves_away_is_asked_again)
{
    auto due = steady_clock::now() + 1ms;
    int moved = 0;
    deadline_.start(deadline::writing, [&due, &moved] {
        if (steady_clock::now() > due && moved < 5) {
            ++moved;
            due = steady_clock::now() + 1ms;
        }
        return due;
    });
    watch(deadline::writing, write_ended_);
    loop_.wait_for([this] { return write_ended_ != 0; });
    EXPECT_EQ(moved, 5);
}

TEST_F(deadlines, cancelling_ends_what_is_active_and_nothing_else)
{
    deadline_.cancel(deadline::reading);
    deadline_.start(deadline::reading, at(steady_clock::now() + 1h));
    watch(deadline::reading, read_ended_);
    deadline_.cancel(deadline::reading);
    EXPECT_EQ(read_ended_, 1);
    EXPECT_TRUE(deadline_.is_ending(deadline::reading));
    EXPECT_FALSE(deadline_.finish(deadline::reading)) << "cancelled is not expired";
    EXPECT_FALSE(deadline_.is_active(deadline::reading));
}

TEST(deadline, may_go_away_while_it_runs)
{
    test_loop loop;
    {
        deadline short_lived{loop.io.get_executor()};
        const auto due = steady_clock::now();
        short_lived.start(deadline::reading, [due] { return due; });
        loop.io.poll(); // the timer may have fired: its handler finds nobody
    }
    loop.settle();
}

} // namespace
