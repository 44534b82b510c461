#include "gateway/delivery_queue.hpp"
#include "tests/bench/generated_log.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gateway {
namespace {

using log = std::vector<bench::generated_log::entry>;

log busy_log(std::size_t events)
{
    bench::log_habits habits;
    habits.deferred = 0.5;
    habits.revoked = 0.3;
    bench::generated_log source(habits);
    log made;
    while (made.size() < events) {
        made.push_back(source.next());
    }
    return made;
}

struct machine {
    mail::ledger ledger;
    delivery_queue queue;

    void apply(const log& from, std::size_t end)
    {
        while (ledger.applied() < end) {
            const auto& [time, fact] = from[ledger.applied()];
            ledger.apply(ledger.applied() + 1, time, fact);
            queue.observe(ledger, time, fact);
        }
    }
};

std::string octets_of(const auto& state)
{
    std::string octets;
    state.write([&](std::string_view piece) { octets += piece; });
    return octets;
}

TEST(delivery_queue_state, what_was_written_and_read_goes_on_as_if_nothing_had_been_in_between)
{
    constexpr std::size_t events = 1500;
    const log all = busy_log(events);
    machine whole;
    whole.apply(all, events);
    machine ahead;
    for (std::size_t cut = 0; cut < events; cut += 101) {
        ahead.apply(all, cut);
        machine restored;
        restored.ledger = mail::ledger::read(octets_of(ahead.ledger));
        restored.queue.read(octets_of(ahead.queue));
        EXPECT_EQ(restored.queue.next_due(), ahead.queue.next_due()) << cut;
        restored.apply(all, events);
        EXPECT_EQ(octets_of(restored.queue), octets_of(whole.queue)) << cut;
    }
    EXPECT_GT(whole.queue.waiting(), 0U);
}

TEST(delivery_queue_state, what_was_in_flight_waits_again)
{
    machine one;
    one.apply(busy_log(200), 200);
    const std::string before = octets_of(one.queue);
    ASSERT_FALSE(one.queue.take_due(INT64_MAX).empty());
    delivery_queue restored;
    restored.read(octets_of(one.queue));
    EXPECT_EQ(restored.in_flight(), 0U);
    EXPECT_EQ(restored.waiting(), one.queue.waiting() + one.queue.in_flight());
    EXPECT_EQ(octets_of(restored), before);
}

TEST(delivery_queue_state, what_is_cut_off_is_refused_and_changes_nothing)
{
    machine one;
    one.apply(busy_log(100), 100);
    const std::string octets = octets_of(one.queue);
    for (std::size_t size = 0; size < octets.size(); size += 7) {
        EXPECT_THROW(one.queue.read(octets.substr(0, size)), mail::damaged_state) << size;
    }
    EXPECT_EQ(octets_of(one.queue), octets);
}

} // namespace
} // namespace gateway
