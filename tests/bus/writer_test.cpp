#include "bus/disk_error.hpp"
#include "bus/writer.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <future>

namespace bus {
namespace {

append_request one(const std::string& id)
{
    append_request batch;
    batch.events = {test::make_event(id)};
    return batch;
}

class the_writer : public testing::Test, protected test::event_loop {
protected:
    writer::work append(const std::string& id)
    {
        return [batch = one(id)](journal& into) {
            append_outcome outcome = into.append("writer", batch);
            return reply{outcome.refused, encode_seqs(outcome.seqs)};
        };
    }

    void settle(committed_group group)
    {
        ++groups;
        events += group.events.size();
        group.tell();
    }

    test::temporary_folder folder;
    journal log{folder.files()};
    int groups = 0;
    std::size_t events = 0;
    std::promise<std::string> failure;
    std::optional<writer> writing{
        std::in_place,
        io.get_executor(),
        log,
        [this](committed_group group) { settle(std::move(group)); },
        [this](const std::string& reason) { failure.set_value(reason); }};
};

TEST_F(the_writer, commits_what_waits_together)
{
    std::promise<void> go;
    std::vector<std::string> told;
    writing->queue(
        1,
        [&go](journal&) {
            go.get_future().wait();
            return reply{};
        },
        [](const reply&) {});
    for (int number = 0; number < 50; ++number)
        writing->queue(100, append(std::to_string(number)), [&told](const reply& said) {
            told.push_back(said.body);
        });
    EXPECT_EQ(writing->queued_octets(), 5001U + 51 * writer::octets_besides);
    go.set_value();
    run_until([&] { return told.size() == 50; });
    EXPECT_LE(groups, 2);
    EXPECT_EQ(events, 50U);
    EXPECT_EQ(told[49], encode_seqs({50}));
    EXPECT_EQ(writing->queued_octets(), 0U);
}

TEST_F(the_writer, writes_what_is_queued_before_it_ends)
{
    int told = 0;
    for (int number = 0; number < 20; ++number)
        writing->queue(1, append(std::to_string(number)), [&told](const reply&) { ++told; });
    writing->finish();
    EXPECT_EQ(log.head().seq, 20U);
    run_until([&] { return told == 20; });
}

TEST_F(the_writer, acknowledges_nothing_after_the_disk_failed)
{
    int told = 0;
    const auto count = [&told](const reply&) { ++told; };
    std::promise<void> begun;
    std::promise<void> go;
    writing->queue(
        1,
        [&](journal&) {
            begun.set_value();
            go.get_future().wait();
            return reply{};
        },
        [](const reply&) {});
    io.poll();                 // which wakes it
    begun.get_future().wait(); // what follows is one group
    writing->queue(1, append("before"), count);
    writing->queue(
        1, [](journal&) -> reply { throw disk_error("no space left"); }, count);
    writing->queue(1, append("after"), count);
    go.set_value();
    EXPECT_EQ(failure.get_future().get(), "no space left");
    writing->queue(1, append("later"), count);
    writing->finish();
    io.restart();
    io.poll();
    EXPECT_EQ(told, 0);
    EXPECT_EQ(log.head().seq, 0U);
}

TEST_F(the_writer, is_silent_to_an_owner_that_is_gone)
{
    writing->queue(1, append("a"), [](const reply&) { FAIL(); });
    writing.reset();
    io.restart();
    io.poll();
    EXPECT_EQ(groups, 0);
}

} // namespace
} // namespace bus
