#include "bus/chain.hpp"
#include "bus/client.hpp"
#include "bus/journal.hpp"
#include "bus/journal_reader.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

namespace bus {
namespace {

using test::batch_of;
using test::make_event;

constexpr std::int64_t first_time = 1'700'000'000'000;
constexpr log_identity elsewhere{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xff};

/// Three events as another log holds them.
std::vector<stored_event> other_log()
{
    std::vector<stored_event> log(3);
    hash prev{};
    for (stored_event& fact : log) {
        fact.seq = static_cast<std::uint64_t>(&fact - log.data()) + 1;
        static_cast<event&>(fact) = make_event("event-" + std::to_string(fact.seq));
        fact.time = first_time + static_cast<std::int64_t>(fact.seq);
        fact.prev = prev;
        fact.own = prev =
            chain_hash(fact.prev, fact.seq, fact.time, fact.id, fact.type, fact.payload);
    }
    return log;
}

void import_into(const journal_files& files)
{
    journal log{files};
    log.begin(0);
    for (const stored_event& fact : other_log())
        ASSERT_FALSE(log.adopt(fact));
    log.mark_imported(elsewhere);
    log.commit();
}

class an_imported_log : public testing::Test {
protected:
    /// Why the second event of other_log() is refused after `change` was made to it.
    template <class Change>
    std::string refused(Change change)
    {
        const test::temporary_folder folder;
        journal log{folder.files()};
        log.begin(0);
        std::vector<stored_event> events = other_log();
        EXPECT_FALSE(log.adopt(events[0]));
        change(events[1]);
        const auto why = log.adopt(events[1]);
        return why ? why->text : "taken";
    }
};

TEST_F(an_imported_log, has_the_very_chain_that_it_was_made_of)
{
    const test::temporary_folder folder;
    import_into(folder.files());
    const journal log{folder.files()};
    const stored_event last = other_log().back();
    EXPECT_EQ(log.head().seq, last.seq);
    EXPECT_EQ(log.head().time, last.time);
    EXPECT_EQ(log.head().own, last.own);
    EXPECT_EQ(log.origin(), elsewhere);
    EXPECT_NE(log.identity(), elsewhere);
}

TEST_F(an_imported_log, is_a_log_of_its_own_until_the_commit)
{
    const test::temporary_folder folder;
    {
        journal log{folder.files()};
        log.begin(0);
        EXPECT_FALSE(log.adopt(other_log()[0]));
        log.mark_imported(elsewhere);
    }
    const journal log{folder.files()};
    EXPECT_EQ(log.head().seq, 0U);
    EXPECT_FALSE(log.origin());
}

TEST_F(an_imported_log, takes_nothing_but_the_next_event_of_the_chain)
{
    EXPECT_EQ(refused([](stored_event&) {}), "taken");
    EXPECT_NE(
        refused([](stored_event& fact) { fact.seq = 3; }).find("seq is 3"), std::string::npos);
    EXPECT_NE(
        refused([](stored_event& fact) { fact.time = first_time; }).find("time"),
        std::string::npos);
    EXPECT_NE(
        refused([](stored_event& fact) { fact.prev[31] ^= 1; }).find("prev"), std::string::npos);
    EXPECT_NE(
        refused([](stored_event& fact) { fact.id = "event-1"; }).find("id"), std::string::npos);
    EXPECT_NE(
        refused([](stored_event& fact) { fact.id = "two words"; }).find("id"), std::string::npos);
    EXPECT_NE(
        refused([](stored_event& fact) {
            fact.payload.assign(limit::payload + 1, 'x');
        }).find("1 MiB"),
        std::string::npos);
}

TEST_F(an_imported_log, is_followed_as_any_other_and_says_where_it_comes_from)
{
    test::running_bus bus;
    bus.stop();
    import_into(bus.folder.files());
    bus.start();
    client& reader = bus.connect();
    EXPECT_TRUE(reader.follow_only());
    EXPECT_EQ(reader.origin(), "0102030405060708090a0b0c0d0e0fff");
    EXPECT_EQ(bus.process->origin(), reader.origin());
    std::vector<stored_event> got;
    const auto keep = [&got](const stored_event& fact) { got.push_back(fact); };
    EXPECT_FALSE(bus.run(reader.subscribe(1, hash{}, keep, 3)));
    ASSERT_EQ(got.size(), 3U);
    EXPECT_EQ(got[2].own, other_log()[2].own);
}

TEST_F(an_imported_log, refuses_everything_that_writes)
{
    test::running_bus bus;
    bus.stop();
    import_into(bus.folder.files());
    bus.start();
    client& writer = bus.connect();
    EXPECT_EQ(bus.run(writer.append(batch_of({make_event("new")}))).error, errc::follow_only);
    EXPECT_EQ(bus.run(writer.append(batch_of({make_event("event-1")}))).error, errc::follow_only);
    EXPECT_EQ(bus.run(writer.erase_slots("content", {"link/a"})), errc::follow_only);
    // Of a put the append that names the content tells, or the next chunks.
    bus.run(writer.put_chunk("content", 0, "chunk"));
    append_batch naming = batch_of({make_event("naming")});
    naming.contents = {"content"};
    EXPECT_EQ(bus.run(writer.append(naming)).error, errc::follow_only);
    EXPECT_EQ(bus.run(writer.read_content("content")()).error, errc::not_found);
    EXPECT_EQ(bus.run(writer.head()).value.seq, 3U);
    bus.restart();
    EXPECT_EQ(bus.process->seq(), 3U);
    EXPECT_FALSE(bus.process->origin().empty());
}

TEST_F(an_imported_log, is_told_from_a_log_of_its_own)
{
    test::running_bus bus;
    client& writer = bus.connect();
    EXPECT_FALSE(writer.follow_only());
    EXPECT_TRUE(bus.process->origin().empty());
    EXPECT_FALSE(bus.run(writer.append(batch_of({make_event("new")}))).error);
}

} // namespace
} // namespace bus
