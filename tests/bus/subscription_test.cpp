#include "bus/event_ring.hpp"
#include "bus/subscription.hpp"

#include <gtest/gtest.h>

namespace bus {
namespace {

constexpr std::size_t one_batch = event_batch::most_octets;
constexpr std::size_t much = 1024UL * 1024 * 1024;

event_batch sent_batch(std::uint64_t from, std::uint32_t count)
{
    event_batch batch{from, {}, count};
    for (std::uint32_t at = 0; at < count; ++at)
        batch.add("x", {});
    return batch;
}

TEST(a_subscription, is_never_sent_more_than_its_window)
{
    octets_on_the_way to_all{much};
    subscription to{{1, {}, 10}, to_all};
    EXPECT_EQ(to.room(), 10U);
    to.sent(sent_batch(1, 8), 100);
    EXPECT_EQ(to.room(), 2U);
    to.sent(sent_batch(9, 2), 100);
    EXPECT_EQ(to.room(), 0U);
    to.credit({8, 10});
    EXPECT_EQ(to.room(), 8U);
    EXPECT_EQ(to.next(), 11U);
}

TEST(a_subscription, may_have_a_window_of_one_or_none)
{
    octets_on_the_way to_all{much};
    subscription to{{5, {}, 1}, to_all};
    EXPECT_EQ(to.room(), 1U);
    to.sent(sent_batch(5, 1), 1);
    EXPECT_EQ(to.room(), 0U);
    to.credit({5, 0});
    EXPECT_EQ(to.room(), 0U);
    to.credit({5, 1});
    EXPECT_EQ(to.room(), 1U);
}

TEST(a_subscription, is_not_fooled_by_credit_for_what_was_not_sent)
{
    octets_on_the_way to_all{much};
    subscription to{{1, {}, 4}, to_all};
    to.sent(sent_batch(1, 4), 1);
    to.credit({1'000'000, 0xffffffff});
    EXPECT_EQ(to.room(), limit::events);
    EXPECT_EQ(to.next(), 5U);
    to.credit({0, 4});
    EXPECT_EQ(to.room(), 4U) << "what was handled stays handled";
}

TEST(a_subscription, has_a_bound_in_octets_too)
{
    octets_on_the_way to_all{much};
    subscription to{{1, {}, 4096}, to_all};
    to.sent(sent_batch(1, 1), subscription::most_octets);
    EXPECT_EQ(to.room(), 0U);
    to.credit({1, 4096});
    EXPECT_EQ(to.room(), limit::events);
}

TEST(a_subscription, orders_older_events_ahead_within_its_window)
{
    octets_on_the_way to_all{much};
    subscription to{{1, {}, 900}, to_all};
    EXPECT_EQ(to.room_to_order(10'000), limit::events);
    to.ordered(256);
    EXPECT_EQ(to.next_to_order(), 257U);
    EXPECT_EQ(to.room_to_order(10'000), limit::events);
    to.ordered(256);
    EXPECT_EQ(to.room_to_order(10'000), limit::events);
    to.ordered(256);
    EXPECT_EQ(to.room_to_order(10'000), 0U) << "three are out";
    EXPECT_TRUE(to.order_came(256, 1));
    to.sent(sent_batch(1, 200), 1); // its packet was full before
    EXPECT_EQ(to.next_to_order(), 713U);
    EXPECT_EQ(to.room_to_order(10'000), 188U) << "the window ends with event 900";
    EXPECT_EQ(to.room_to_order(716), 4U) << "the log ends with event 716";
    EXPECT_EQ(to.room_to_order(712), 0U);
    to.forget_orders();
    EXPECT_EQ(to.next_to_order(), 201U);
    EXPECT_FALSE(to.cursor());
}

TEST(a_subscription, counts_what_is_ordered_as_on_the_way)
{
    octets_on_the_way to_all{much};
    subscription to{{1, {}, 4096}, to_all};
    to.sent(sent_batch(1, 1), subscription::most_octets - event_batch::most_octets);
    EXPECT_EQ(to.room_to_order(10'000), limit::events);
    to.ordered(256);
    EXPECT_EQ(to.room_to_order(10'000), 0U);
    to.credit({1, 4096});
    EXPECT_EQ(to.room_to_order(10'000), limit::events);
}

TEST(a_subscription, expects_of_an_order_what_the_last_one_had)
{
    octets_on_the_way to_all{much};
    subscription to{{1, {}, 4096}, to_all};
    to.sent(sent_batch(1, 1), subscription::most_octets - 2000);
    to.sent(sent_batch(2, 1), 1000);
    EXPECT_EQ(to.room_to_order(10'000), limit::events);
    to.ordered(256);
    EXPECT_EQ(to.room_to_order(10'000), 0U);
}

TEST(a_subscription, leaves_to_others_what_it_has_not_ordered)
{
    octets_on_the_way to_all{4 * one_batch};
    subscription one{{1, {}, 4096}, to_all};
    one.ordered(256);
    one.ordered(256);
    EXPECT_EQ(to_all.share(), 2 * one_batch);
    EXPECT_TRUE(one.order_came(256, 1000));
    one.sent(sent_batch(1, 200), 1000);
    EXPECT_EQ(to_all.share(), 3 * one_batch - 1000);
    one.forget_orders();
    EXPECT_EQ(to_all.share(), 4 * one_batch - 1000);
}

TEST(a_subscription, has_no_room_for_more_than_it_ordered_when_much_is_on_the_way)
{
    octets_on_the_way to_all{much};
    subscription to{{1, {}, 4096}, to_all};
    to.ordered(256);
    to.ordered(256);
    to.ordered(256);
    EXPECT_TRUE(to.order_came(256, subscription::most_octets)) << "nothing is on the way";
    to.sent(sent_batch(1, 1), subscription::most_octets);
    EXPECT_TRUE(to.order_came(256, one_batch)) << "as expected";
    EXPECT_FALSE(to.order_came(256, one_batch + 1));
    to.credit({1, 4096});
    EXPECT_GT(to.room_to_order(10'000), 0U);
}

TEST(a_subscription, gets_as_much_as_is_left_for_others)
{
    octets_on_the_way to_all{4 * one_batch};
    subscription one{{1, {}, 4096}, to_all};
    one.sent(sent_batch(1, 1), 2 * one_batch - 1);
    EXPECT_GT(one.room(), 0U);
    one.sent(sent_batch(2, 1), 1);
    EXPECT_EQ(one.room(), 0U);
    subscription other{{1, {}, 4096}, to_all};
    other.sent(sent_batch(1, 1), one_batch);
    EXPECT_EQ(other.room(), 0U);
    one.credit({2, 4096});
    EXPECT_GT(other.room(), 0U);
}

TEST(a_subscription, may_have_one_batch_on_the_way_when_nothing_is_left)
{
    octets_on_the_way to_all{one_batch};
    subscription greedy{{1, {}, 4096}, to_all};
    greedy.sent(sent_batch(1, 1), 3 * one_batch);
    subscription other{{1, {}, 4096}, to_all};
    EXPECT_GT(other.room(), 0U);
    EXPECT_GT(other.room_to_order(100), 0U);
    other.sent(sent_batch(1, 1), 1);
    EXPECT_GT(other.room(), 0U) << "what is small is live";
    other.sent(sent_batch(2, 1), one_batch);
    EXPECT_EQ(other.room(), 0U);
    EXPECT_EQ(other.room_to_order(100), 0U);
    other.credit({2, 4096});
    EXPECT_GT(other.room(), 0U);
}

TEST(a_subscription, leaves_its_octets_to_others_when_it_ends)
{
    octets_on_the_way to_all{1000};
    {
        subscription ended{{1, {}, 4096}, to_all};
        ended.sent(sent_batch(1, 1), 900);
        const subscription moved{std::move(ended)};
        EXPECT_EQ(to_all.share(), 100U);
    }
    EXPECT_EQ(to_all.share(), 1000U);
}

stored_event fact(std::uint64_t seq, std::size_t size)
{
    stored_event made;
    made.seq = seq;
    made.payload = std::string(size, 'x');
    made.own[0] = static_cast<std::uint8_t>(seq);
    return made;
}

TEST(the_ring_of_recent_events, keeps_the_newest_within_its_size)
{
    event_ring ring{1000};
    for (std::uint64_t seq = 10; seq < 20; ++seq)
        ring.push(fact(seq, 200));
    EXPECT_FALSE(ring.holds(9));
    EXPECT_FALSE(ring.holds(10));
    EXPECT_TRUE(ring.holds(19));
    EXPECT_FALSE(ring.holds(20));
    EXPECT_EQ((*ring.hash_of(19))[0], 19);
    EXPECT_FALSE(ring.hash_of(10));
    event_batch batch{18, {}, 10};
    ring.fill(batch);
    EXPECT_EQ(batch.count(), 2U);
    EXPECT_EQ(batch.next(), 20U);
}

TEST(the_ring_of_recent_events, always_keeps_the_last_one)
{
    event_ring ring{10};
    ring.push(fact(1, 500));
    EXPECT_TRUE(ring.holds(1));
    ring.push(fact(2, 500));
    EXPECT_FALSE(ring.holds(1));
    EXPECT_TRUE(ring.holds(2));
}

TEST(a_batch, is_full_by_count_or_by_size)
{
    event_batch few{1, {}, 2};
    few.add("a", {});
    EXPECT_FALSE(few.full());
    few.add("b", {});
    EXPECT_TRUE(few.full());
    event_batch large{1, {}, 10};
    large.add(std::string(event_batch::most_octets, 'x'), {});
    EXPECT_TRUE(large.full());
}

} // namespace
} // namespace bus
