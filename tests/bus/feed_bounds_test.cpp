#include "bus/live_feed.hpp"
#include "bus/memory_bounds.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bus {
namespace {

constexpr std::size_t of_an_event = limit::payload; ///< octets
constexpr std::uint64_t in_the_log = 1000;
constexpr std::uint64_t large_events = 10; ///< the first ones

/// A feed with nothing in memory over a log that begins with large events, whose subscribers say
/// nothing.
class a_feed_of_large_events : public testing::Test, protected test::event_loop {
protected:
    a_feed_of_large_events()
    {
        log.begin(1000);
        for (std::uint64_t number = 0; number < in_the_log; ++number) {
            append_request batch;
            const std::size_t octets = number < large_events ? of_an_event : 1;
            batch.events = {{std::to_string(number), "test.happened", std::string(octets, 'x')}};
            log.append("writer", batch);
        }
        log.commit();
    }

    void subscribe(const std::string& peer, std::uint64_t request, const hash& known = {})
    {
        const std::uint64_t from = known == hash{} ? 1 : 2;
        feed.subscribe({peer, request}, {from, known, limit::window}, [this](const auto& refused) {
            refused ? ++refusals : ++begun;
            if (refused)
                last_refusal = refused->code;
        });
    }

    /// Until all that was ordered of the disk came.
    void run_until_read()
    {
        bool read = false;
        disk.ask(
            [&read](journal_reader&) { return [&read] { read = true; }; }, [](const refusal&) {});
        run_until([&read] { return read; });
    }

    test::temporary_folder folder;
    journal log{folder.files()};
    std::size_t sent = 0; ///< octets
    int begun = 0;
    int refusals = 0;
    wire_error last_refusal{};
    reader disk{io.get_executor(), folder.files(), [](const refusal&) {}};
    live_feed feed{
        disk,
        [this](const live_feed::key&, std::string_view, const std::string& body) {
            sent += body.size();
            return send_result::sent;
        },
        in_the_log};
};

TEST_F(a_feed_of_large_events, sends_no_more_than_a_bound_that_nobody_has_handled)
{
    subscribe("a", 1);
    for (int turn = 0; turn < 5; ++turn)
        run_until_read();
    EXPECT_GT(sent, of_an_event);
    EXPECT_LT(sent, subscription::most_octets + of_an_event);
    feed.credit({"a", 1}, {1, limit::window});
    for (int turn = 0; turn < 5; ++turn)
        run_until_read();
    EXPECT_GT(sent, 2 * of_an_event) << "it goes on";
}

TEST_F(a_feed_of_large_events, keeps_to_its_bound_when_many_begin_at_once)
{
    constexpr std::size_t many = 16;
    for (std::size_t number = 0; number < many; ++number)
        subscribe("peer-" + std::to_string(number), 1);
    for (int turn = 0; turn < 5; ++turn)
        run_until_read();
    EXPECT_EQ(begun, many);
    EXPECT_LT(sent, bounds_of_memory().subscribed + (many + 1) * of_an_event);
}

TEST_F(a_feed_of_large_events, looks_up_few_of_a_connection_at_once)
{
    const hash other{1};
    for (std::uint64_t number = 0; number < 1000; ++number)
        subscribe("a", number % 3, other); // which costs the reading of an event
    EXPECT_EQ(refusals, 1000 - limit::subscriptions) << "at once";
    EXPECT_EQ(last_refusal, wire_error::late) << "who asks again is looked up";
    subscribe("b", 1);
    run_until_read();
    EXPECT_EQ(begun, 1) << "another connection has its own";
    subscribe("a", 1);
    run_until_read();
    EXPECT_EQ(begun, 2) << "and they were looked up meanwhile";
}

} // namespace
} // namespace bus
