#include "bus/large_requests.hpp"
#include "bus/protocol.hpp"
#include "tests/bus/running_bus.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <string>
#include <vector>

namespace bus {
namespace {

constexpr std::size_t mebioctet = 1024UL * 1024;

class the_large_requests : public testing::Test {
protected:
    void ask(const std::string& peer, std::size_t octets)
    {
        EXPECT_TRUE(requests.ask(peer, octets, [this, peer] { granted.push_back(peer); }));
    }
    std::vector<std::string> grant(std::size_t writing = 0)
    {
        granted.clear();
        requests.grant(writing, now);
        return granted;
    }

    using names = std::vector<std::string>;
    large_requests requests{4 * mebioctet};
    large_requests::time_point now{};
    names granted;
};

TEST_F(the_large_requests, are_granted_in_order_while_there_is_room)
{
    for (const char* peer : {"a", "b", "c", "d", "e"})
        ask(peer, mebioctet);
    EXPECT_EQ(grant(), (names{"a", "b", "c", "d"}));
    EXPECT_EQ(grant(), names{});
    requests.came("b", mebioctet);
    EXPECT_EQ(grant(mebioctet), names{}) << "it came and is not written yet";
    EXPECT_EQ(grant(0), names{"e"});
}

TEST_F(the_large_requests, wait_behind_one_that_needs_more)
{
    ask("small", 2 * mebioctet);
    ask("largest", limit::body);
    ask("late", mebioctet);
    EXPECT_EQ(grant(), names{"small"});
    requests.came("small", 2 * mebioctet);
    EXPECT_EQ(grant(1), names{});
    EXPECT_EQ(grant(0), names{"largest"});
}

TEST_F(the_large_requests, of_one_peer_leave_others_their_turn)
{
    ask("greedy", mebioctet);
    ask("greedy", mebioctet);
    ask("modest", mebioctet);
    EXPECT_EQ(grant(), (names{"greedy", "modest"}));
    requests.came("greedy", 100);
    EXPECT_EQ(grant(), names{}) << "that was a small one";
    requests.came("greedy", mebioctet);
    EXPECT_EQ(grant(), names{"greedy"});
}

TEST_F(the_large_requests, lose_the_room_that_nobody_took)
{
    ask("dead", limit::body);
    ask("next", limit::body);
    EXPECT_EQ(grant(), names{"dead"});
    now += large_requests::kept_for - std::chrono::milliseconds{1};
    EXPECT_EQ(grant(), names{});
    now += std::chrono::milliseconds{1};
    EXPECT_EQ(grant(), names{"next"});
    requests.came("dead", limit::body);
    EXPECT_EQ(grant(), names{}) << "it has none any more";
}

TEST_F(the_large_requests, of_who_did_not_come_stand_behind_all_others)
{
    for (int number = 0; number < 100; ++number)
        ask("idle", limit::body);
    ask("next", mebioctet);
    EXPECT_EQ(grant(), names{"idle"});
    now += large_requests::kept_for;
    EXPECT_EQ(grant(), names{"next"});
    requests.came("next", mebioctet);
    EXPECT_EQ(grant(), names{"idle"}) << "it may have come back";
}

TEST_F(the_large_requests, of_a_peer_that_is_gone_are_forgotten)
{
    ask("gone", limit::body);
    EXPECT_EQ(grant(), names{"gone"});
    ask("gone", limit::body);
    ask("next", limit::body);
    requests.forget("gone");
    EXPECT_EQ(grant(), names{"next"});
}

TEST_F(the_large_requests, are_bounded_in_size_and_number)
{
    EXPECT_FALSE(requests.ask("a", limit::body + 1, [] {}));
    for (std::size_t number = 0; number < limit::waiting_rooms; ++number)
        EXPECT_TRUE(requests.ask("a", 1, [] {}));
    EXPECT_FALSE(requests.ask("a", 1, [] {}));
    EXPECT_TRUE(requests.ask("b", 1, [] {}));
}

class large_appends : public testing::Test {
protected:
    using outcome = result<std::vector<std::uint64_t>>;

    /// Begins so many at once, of 3 MiB each.
    void append(client& to, int count, const std::function<void(const outcome&)>& told)
    {
        for (int number = 0; number < count; ++number) {
            const std::string name = "large-" + std::to_string(++names);
            std::vector<event> events;
            for (const char* part : {"-a", "-b", "-c"})
                events.push_back({name + part, "test.happened", std::string(limit::payload, 'x')});
            boost::asio::co_spawn(
                bus.io,
                to.append(test::batch_of(std::move(events))),
                [told](const std::exception_ptr&, const outcome& seqs) { told(seqs); });
        }
    }

    test::running_bus bus;
    int names = 0;
};

TEST_F(large_appends, of_one_client_wait_for_their_turn)
{
    int appended = 0;
    constexpr int all = 12;
    append(bus.connect(), all, [&appended](const outcome& seqs) {
        EXPECT_FALSE(seqs.error);
        EXPECT_EQ(seqs.value.size(), 3U);
        ++appended;
    });
    bus.run_until([&] { return appended == all; });
}

TEST_F(large_appends, of_a_client_that_is_gone_keep_nobody_waiting)
{
    int appended = 0;
    int told = 0;
    constexpr int all = 12;
    client& gone = bus.connect();
    append(gone, all, [&](const outcome& seqs) {
        appended += seqs.error ? 0 : 1;
        ++told;
    });
    bus.run_until([&] { return appended > 0; }); // others of it wait
    gone.close();
    bus.run_until([&] { return told == all; });
    EXPECT_LT(appended, all);
    std::promise<outcome> done;
    append(bus.connect(), 1, [&done](const outcome& seqs) { done.set_value(seqs); });
    std::future<outcome> large = done.get_future();
    client& other = bus.connect();
    constexpr int kept_for = large_requests::kept_for / std::chrono::seconds{1};
    // Of the broker's clock; too few to keep room for one of its requests after the other.
    for (int second = 1; second < 4 * kept_for; ++second) {
        bus.paused += std::chrono::seconds{1};
        const auto event = test::make_event("second-" + std::to_string(second));
        EXPECT_FALSE(bus.run(other.append(test::batch_of({event}))).error);
    }
    const auto now = std::chrono::seconds{0};
    bus.run_until([&] { return large.wait_for(now) == std::future_status::ready; });
    EXPECT_FALSE(large.get().error);
}

} // namespace
} // namespace bus
