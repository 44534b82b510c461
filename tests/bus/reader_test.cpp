#include "bus/disk_error.hpp"
#include "bus/reader.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace bus {
namespace {

class the_reader : public testing::Test, protected test::event_loop {
protected:
    test::temporary_folder folder;
    journal log{folder.files()};
    std::vector<refusal> reported;
    std::optional<reader> reading{
        std::in_place, io.get_executor(), folder.files(), [this](const refusal& why) {
            reported.push_back(why);
        }};
};

TEST_F(the_reader, sees_what_is_committed_and_not_what_is_under_way)
{
    append_request batch;
    batch.events = {test::make_event("a")};
    log.begin(1);
    log.append("writer", batch);
    std::vector<bool> seen;
    const auto look = [&seen](journal_reader& disk) {
        const bool there = disk.hash_of(1).has_value();
        return std::function<void()>{[&seen, there] { seen.push_back(there); }};
    };
    reading->ask(look, [](const refusal&) { FAIL(); });
    run_until([&] { return seen.size() == 1; });
    log.commit();
    reading->ask(look, [](const refusal&) { FAIL(); });
    run_until([&] { return seen.size() == 2; });
    EXPECT_EQ(seen, (std::vector<bool>{false, true}));
}

TEST_F(the_reader, works_on_another_thread_and_answers_on_this_one)
{
    const auto here = std::this_thread::get_id();
    bool done = false;
    reading->ask(
        [&](journal_reader&) {
            EXPECT_NE(std::this_thread::get_id(), here);
            return std::function<void()>{[&] {
                EXPECT_EQ(std::this_thread::get_id(), here);
                done = true;
            }};
        },
        [](const refusal&) { FAIL(); });
    run_until([&] { return done; });
}

TEST_F(the_reader, reports_a_failure_and_goes_on)
{
    refusal told;
    reading->ask(
        [](journal_reader&) -> std::function<void()> { throw damaged("event 4 is missing"); },
        [&told](refusal why) { told = std::move(why); });
    run_until([&] { return !told.text.empty(); });
    EXPECT_EQ(told.code, wire_error::damaged);
    ASSERT_EQ(reported.size(), 1U);
    EXPECT_EQ(reported[0].text, "event 4 is missing") << "the log is told where";
    bool done = false;
    reading->ask(
        [&done](journal_reader&) { return std::function<void()>{[&done] { done = true; }}; },
        [](const refusal&) { FAIL(); });
    run_until([&] { return done; });
}

TEST_F(the_reader, is_silent_to_an_owner_that_is_gone)
{
    reading->ask(
        [](journal_reader&) { return std::function<void()>{[] { FAIL(); }}; },
        [](const refusal&) { FAIL(); });
    reading.reset();
    io.restart();
    io.poll();
}

} // namespace
} // namespace bus
