#include "bus/credit_due.hpp"
#include "bus/protocol.hpp"
#include "bus/subscription.hpp"

#include <gtest/gtest.h>

namespace bus {
namespace {

constexpr credit_due::time_point start{};

TEST(credit, is_due_once_so_many_octets_were_handled)
{
    credit_due due{start};
    EXPECT_FALSE(due.after(credit_due::most_octets - 1, start));
    EXPECT_TRUE(due.after(1, start));
    EXPECT_FALSE(due.after(credit_due::most_octets - 1, start));
    EXPECT_TRUE(due.after(1'000'000, start));
}

TEST(credit, is_due_with_the_first_packet_after_a_while)
{
    credit_due due{start};
    EXPECT_FALSE(due.after(100, start + credit_due::longest - std::chrono::milliseconds{1}));
    EXPECT_TRUE(due.after(100, start + credit_due::longest));
    EXPECT_FALSE(due.after(100, start + credit_due::longest + std::chrono::milliseconds{1}));
}

TEST(credit, that_is_not_due_never_keeps_the_broker_waiting)
{
    // The smallest events: empty ones, of which the broker may have a window on the way.
    // Others have taken all that is for all.
    octets_on_the_way to_all{0};
    subscription to{{1, {}, limit::window}, to_all};
    credit_due due{start};
    std::uint64_t handled = 0;
    for (int turn = 0; turn < 1000; ++turn) {
        event_batch batch{to.next(), to.last(), to.room()};
        while (!batch.full()) {
            stored_event smallest;
            smallest.seq = batch.next();
            batch.add(smallest);
        }
        ASSERT_GT(batch.count(), 0U) << "after " << handled;
        handled += batch.count();
        const std::size_t octets = batch.take_body().size();
        to.sent(batch, octets);
        if (due.after(octets, start))
            to.credit({handled, limit::window});
    }
}

} // namespace
} // namespace bus
