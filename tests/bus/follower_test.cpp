#include "bus/follower.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

namespace bus {
namespace {

using boost::system::error_code;
using test::batch_of;
using test::make_event;

class a_follower : public testing::Test {
protected:
    struct machine {
        machine(test::running_bus& bus, const std::string& role)
            : link(bus.connect(role)),
              state(
                  link, [this](const stored_event& fact) { apply(fact); }, bus.log)
        {
            boost::asio::co_spawn(
                bus.io, state.follow(), [this](const std::exception_ptr&, error_code error) {
                    ended = error;
                });
        }
        void apply(const stored_event& fact)
        {
            if (fact.id == "poison")
                throw std::runtime_error("cannot apply");
            EXPECT_EQ(fact.seq, applied.size() + 1);
            applied.push_back(fact.id);
        }
        client& link;
        std::vector<std::string> applied;
        std::optional<error_code> ended;
        follower state;
    };

    machine& run_machine(const std::string& role)
    {
        return *machines.emplace_back(std::make_unique<machine>(bus, role));
    }

    std::vector<std::unique_ptr<machine>> machines; ///< outlive the coroutines that the bus runs
    test::running_bus bus;
};

TEST_F(a_follower, has_applied_its_own_event_when_the_append_returns)
{
    machine& one = run_machine("writer");
    const auto seqs =
        bus.run(one.state.append_and_apply(batch_of({make_event("a"), make_event("b")})));
    EXPECT_EQ(seqs.value, (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(one.state.applied(), 2U);
    EXPECT_EQ(one.applied, (std::vector<std::string>{"a", "b"}));
}

TEST_F(a_follower, sees_the_same_order_as_every_other_under_concurrency)
{
    machine& one = run_machine("writer");
    machine& two = run_machine("writer");
    int done = 0;
    const auto append = [&](machine& from, const std::string& id) {
        boost::asio::co_spawn(
            bus.io,
            from.state.append_and_apply(batch_of({make_event(id)})),
            [&done, &from, id](
                const std::exception_ptr&, const result<std::vector<std::uint64_t>>& said) {
                ASSERT_FALSE(said.error);
                EXPECT_EQ(from.applied.at(said.value[0] - 1), id);
                ++done;
            });
    };
    for (int number = 0; number < 100; ++number) {
        append(one, "one-" + std::to_string(number));
        append(two, "two-" + std::to_string(number));
    }
    bus.run_until(
        [&] { return done == 200 && one.applied.size() == 200 && two.applied.size() == 200; });
    EXPECT_EQ(one.applied, two.applied);
}

TEST_F(a_follower, catches_up_with_what_others_wrote)
{
    client& writer = bus.connect();
    machine& watching = run_machine("watcher");
    EXPECT_FALSE(bus.run(writer.append(batch_of({make_event("a"), make_event("b")}))).error);
    EXPECT_FALSE(bus.run(watching.state.catch_up()));
    EXPECT_EQ(watching.state.applied(), 2U);
}

TEST_F(a_follower, wakes_who_waits_for_a_change)
{
    machine& one = run_machine("writer");
    bool woken = false;
    boost::asio::co_spawn(
        bus.io, one.state.changed(0), [&woken](const std::exception_ptr&) { woken = true; });
    EXPECT_FALSE(bus.run(one.state.append_and_apply(batch_of({make_event("a")}))).error);
    bus.run_until([&] { return woken; });
    bus.run(one.state.changed(0)); // at once
}

TEST_F(a_follower, gives_up_waiting_for_what_does_not_come)
{
    machine& one = run_machine("writer");
    EXPECT_EQ(
        bus.run(one.state.wait_applied(5, std::chrono::milliseconds{50})), errc::unknown_outcome);
}

TEST_F(a_follower, is_not_caught_up_without_a_broker)
{
    machine& one = run_machine("writer");
    bus.stop();
    bus.run_until([&] { return bus.run(one.state.catch_up()) == errc::unavailable; });
    EXPECT_EQ(
        bus.run(one.state.append_and_apply(batch_of({make_event("a")}))).error, errc::unavailable);
}

TEST_F(a_follower, ends_when_an_event_cannot_be_applied)
{
    machine& one = run_machine("writer");
    EXPECT_FALSE(bus.run(one.link.append(batch_of({make_event("a"), make_event("poison")}))).error);
    bus.run_until([&] { return one.ended.has_value(); });
    EXPECT_EQ(*one.ended, errc::invalid);
    EXPECT_EQ(one.state.applied(), 1U);
}

TEST_F(a_follower, goes_on_after_the_broker_was_restarted)
{
    machine& one = run_machine("writer");
    EXPECT_FALSE(bus.run(one.state.append_and_apply(batch_of({make_event("a")}))).error);
    bus.restart();
    bus.run_until([&] { return !one.link.connected(); });
    bus.run(one.link.ready());
    EXPECT_FALSE(bus.run(one.state.append_and_apply(batch_of({make_event("b")}))).error);
    EXPECT_EQ(one.applied, (std::vector<std::string>{"a", "b"}));
}

} // namespace
} // namespace bus
