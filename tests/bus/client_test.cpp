#include "bus/chain.hpp"
#include "bus/client.hpp"
#include "bus/connection.hpp"
#include "bus/log_compaction.hpp"
#include "bus/sqlite.hpp"
#include "tests/bus/running_bus.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>
#include <zmq.h>

#include <sys/resource.h>
#include <unistd.h>

namespace bus {
namespace {

using boost::system::error_code;
using test::batch_of;
using test::make_event;

class a_client : public testing::Test {
protected:
    std::vector<std::uint64_t> append(client& from, std::vector<event> events)
    {
        const auto appended = bus.run(from.append(batch_of(std::move(events))));
        EXPECT_FALSE(appended.error) << appended.error.message();
        return appended.value;
    }

    void append_many(client& from, int first, int count)
    {
        for (int number = first; number < first + count;) {
            std::vector<event> events;
            for (; events.size() < 100 && number < first + count; ++number)
                events.push_back(make_event("event-" + std::to_string(number)));
            append(from, std::move(events));
        }
    }

    /// Subscribes until `last`; the events.
    std::vector<stored_event> follow(
        client& from, std::uint64_t last, std::uint64_t first = 1, hash known = {})
    {
        std::vector<stored_event> got;
        const auto keep = [&got](const stored_event& fact) { got.push_back(fact); };
        EXPECT_FALSE(bus.run(from.subscribe(first, known, keep, last)));
        return got;
    }

    test::running_bus bus;
};

TEST_F(a_client, says_hello_and_learns_the_log)
{
    client& writer = bus.connect();
    EXPECT_TRUE(writer.connected());
    EXPECT_EQ(writer.log_id(), bus.process->log_id());
    EXPECT_EQ(writer.log_id().size(), 32U);
    const auto head = bus.run(writer.head());
    EXPECT_EQ(head.value.seq, 0U);
    EXPECT_EQ(head.value.log_id, writer.log_id());
}

TEST_F(a_client, appends_and_reads_back)
{
    client& writer = bus.connect();
    EXPECT_EQ(
        append(writer, {make_event("a"), make_event("b")}), (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(append(writer, {make_event("a")}), (std::vector<std::uint64_t>{1}));
    const auto got = follow(bus.connect("watcher"), 2);
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[0].id, "a");
    EXPECT_EQ(got[1].payload, make_event("b").payload);
    EXPECT_EQ(got[1].prev, got[0].own);
    EXPECT_EQ(bus.run(writer.head()).value.own, got[1].own);
}

TEST_F(a_client, is_told_of_conflicts_and_faults)
{
    client& writer = bus.connect();
    append(writer, {make_event("a")});
    event other = make_event("a");
    other.payload = "other";
    EXPECT_EQ(bus.run(writer.append(batch_of({other}))).error, errc::conflict);
    EXPECT_EQ(bus.run(writer.append({})).error, errc::invalid);
    append_batch unknown = batch_of({make_event("b")});
    unknown.contents = {"never-put"};
    EXPECT_EQ(bus.run(writer.append(unknown)).error, errc::invalid);
}

TEST_F(a_client, may_do_only_what_its_role_may)
{
    client& watcher = bus.connect("watcher");
    EXPECT_EQ(bus.run(watcher.append(batch_of({make_event("a")}))).error, errc::refused);
    EXPECT_EQ(bus.run(watcher.read_content("c")()).error, errc::refused);
    EXPECT_EQ(bus.run(watcher.get_slot("c", "link/a")).error, errc::refused);
    EXPECT_EQ(bus.run(watcher.erase_slots("c", {"link/a"})), errc::refused);
    EXPECT_EQ(bus.run(bus.connect().get_slot("c", "other/a")).error, errc::refused);
    EXPECT_EQ(
        bus.run(bus.connect().append(batch_of({make_event("a", "test.unlisted")}))).error,
        errc::refused);
    EXPECT_FALSE(bus.run(watcher.head()).error);
}

TEST_F(a_client, keeps_content_and_slots)
{
    client& writer = bus.connect();
    const std::string chunk(64 * 1024, 'x');
    for (std::uint32_t index = 0; index < 40; ++index)
        ASSERT_FALSE(bus.run(writer.put_chunk("c1", index, chunk)));
    append_batch batch = batch_of({make_event("a")});
    batch.contents = {"c1"};
    batch.slots = {{"c1", "link/alice", "secret"}};
    ASSERT_FALSE(bus.run(writer.append(batch)).error);

    const chunk_source chunks = writer.read_content("c1");
    for (std::uint32_t index = 0; index < 40; ++index)
        EXPECT_EQ(bus.run(chunks()).value, chunk);
    EXPECT_EQ(bus.run(chunks()).error, errc::not_found);
    EXPECT_EQ(bus.run(writer.get_slot("c1", "link/alice")).value, "secret");
    EXPECT_FALSE(bus.run(writer.erase_slots("c1", {"link/alice", "link/nobody"})));
    EXPECT_EQ(bus.run(writer.get_slot("c1", "link/alice")).error, errc::not_found);
}

TEST_F(a_client, stores_events_but_no_contents_when_the_disk_is_nearly_full)
{
    bus.reserve_mib = 1'000'000'000;
    bus.restart();
    client& writer = bus.connect();
    bus.run(writer.put_chunk("c1", 0, "one"));
    append_batch batch = batch_of({make_event("a")});
    batch.contents = {"c1"};
    EXPECT_EQ(bus.run(writer.append(batch)).error, errc::disk);
    EXPECT_FALSE(bus.process->has_room());
    EXPECT_EQ(append(writer, {make_event("b")}), std::vector<std::uint64_t>{1});
}

TEST_F(a_client, cannot_name_a_content_that_was_interrupted)
{
    client& writer = bus.connect();
    ASSERT_FALSE(bus.run(writer.put_chunk("c1", 0, "one")));
    bus.restart();
    bus.run_until([&] { return !writer.connected(); });
    bus.run(writer.ready());
    bus.run(writer.put_chunk("c1", 1, "two"));
    append_batch batch = batch_of({make_event("a")});
    batch.contents = {"c1"};
    EXPECT_TRUE(bus.run(writer.append(batch)).error);
    EXPECT_EQ(bus.process->seq(), 0U);
}

TEST_F(a_client, discards_what_it_has_put)
{
    client& writer = bus.connect();
    ASSERT_FALSE(bus.run(writer.put_chunk("c1", 0, "one")));
    bus.run(writer.discard("c1"));
    EXPECT_EQ(bus.run(writer.read_content("c1")()).error, errc::not_found);
    EXPECT_FALSE(bus.run(writer.put_chunk("c1", 0, "anew")));
}

TEST_F(a_client, has_many_requests_under_way_at_once)
{
    client& writer = bus.connect();
    int done = 0;
    for (int number = 0; number < 64; ++number)
        boost::asio::co_spawn(
            bus.io,
            writer.append(batch_of({make_event("event-" + std::to_string(number))})),
            [&done](const std::exception_ptr&, const result<std::vector<std::uint64_t>>& appended) {
                done += appended.error ? 0 : 1;
            });
    bus.run_until([&] { return done == 64; });
    EXPECT_EQ(bus.process->seq(), 64U);
}

TEST_F(a_client, follows_stored_events_and_then_live_ones)
{
    client& writer = bus.connect();
    append_many(writer, 0, 700);
    std::vector<std::uint64_t> got;
    bool ended = false;
    boost::asio::co_spawn(
        bus.io,
        bus.connect("watcher").subscribe(
            1, {}, [&got](const stored_event& fact) { got.push_back(fact.seq); }, 1400),
        [&ended](const std::exception_ptr&, error_code error) { ended = !error; });
    append_many(writer, 700, 700);
    bus.run_until([&] { return ended; });
    ASSERT_EQ(got.size(), 1400U);
    for (std::size_t at = 0; at < got.size(); ++at)
        ASSERT_EQ(got[at], at + 1);
}

TEST_F(a_client, resumes_in_the_middle_when_it_knows_the_hash_there)
{
    append_many(bus.connect(), 0, 10);
    const auto first = follow(bus.connect(), 4);
    const auto rest = follow(bus.connect(), 10, 5, first[3].own);
    ASSERT_EQ(rest.size(), 6U);
    EXPECT_EQ(rest[0].prev, first[3].own);
}

TEST_F(a_client, follows_archived_events_then_stored_ones_then_live_ones)
{
    client& writer = bus.connect();
    append_many(writer, 0, 700);
    bus.stop();
    log_compaction{bus.folder.files(), 300}.carry_out(650, test::ignore);
    bus.start();
    bus.run_until([&] { return !writer.connected(); });
    bus.run(writer.ready());
    append_many(writer, 700, 10);
    const auto all = follow(bus.connect("watcher"), 710);
    ASSERT_EQ(all.size(), 710U);
    for (const std::uint64_t from : {2, 300, 301, 601, 650, 651, 701}) {
        const auto rest = follow(bus.connect("watcher"), 710, from, all[from - 2].own);
        ASSERT_EQ(rest.size(), 711 - from);
        EXPECT_EQ(rest[0].id, all[from - 1].id);
    }
    const auto unheard = [](const stored_event&) { FAIL(); };
    EXPECT_EQ(bus.run(bus.connect().subscribe(300, all[0].own, unheard)), errc::different_log);
}

TEST_F(a_client, goes_on_where_it_was_when_the_broker_comes_back)
{
    client& writer = bus.connect();
    append_many(writer, 0, 5);
    std::vector<std::uint64_t> got;
    bool ended = false;
    boost::asio::co_spawn(
        bus.io,
        bus.connect("watcher").subscribe(
            1, {}, [&got](const stored_event& fact) { got.push_back(fact.seq); }, 8),
        [&ended](const std::exception_ptr&, error_code error) { ended = !error; });
    bus.run_until([&] { return got.size() == 5; });
    bus.restart();
    bus.run_until([&] { return !writer.connected(); });
    bus.run(writer.ready());
    append_many(writer, 5, 3);
    bus.run_until([&] { return ended; });
    EXPECT_EQ(got, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(a_client, is_told_of_damage_that_came_after_the_log_was_read_once)
{
    append_many(bus.connect(), 0, 900);
    bus.restart(); // so that no event is in memory
    EXPECT_EQ(follow(bus.connect("watcher"), 900).size(), 900U);
    database damaging{bus.folder.files().database, database::access::write};
    damaging.execute("UPDATE events SET payload = x'7b7d' WHERE seq = 700");
    std::uint64_t seen = 0;
    const auto note = [&seen](const stored_event& fact) { seen = fact.seq; };
    EXPECT_EQ(bus.run(bus.connect("watcher").subscribe(1, {}, note, 900)), errc::damaged);
    EXPECT_EQ(seen, 699U);
}

TEST_F(a_client, refuses_a_log_that_is_shorter_or_another)
{
    append_many(bus.connect(), 0, 3);
    const auto ignore = [](const stored_event&) {};
    EXPECT_EQ(bus.run(bus.connect().subscribe(5, hash{}, ignore)), errc::different_log);
    EXPECT_EQ(bus.run(bus.connect().subscribe(3, hash{}, ignore)), errc::different_log);
    EXPECT_EQ(bus.run(bus.connect().subscribe(~0ULL, hash{}, ignore)), errc::different_log);
    EXPECT_EQ(bus.run(bus.connect().subscribe(0, hash{}, ignore)), errc::invalid);
}

TEST_F(a_client, refuses_an_older_copy_of_the_log_after_a_restart)
{
    client& writer = bus.connect();
    append_many(writer, 0, 3);
    bus.stop();
    const test::temporary_folder copy;
    for (const char* name : {"journal.db", "slab"})
        std::filesystem::copy_file(bus.folder.path() / name, copy.path() / name);
    bus.start();
    bus.run_until([&] { return !writer.connected(); });
    bus.run(writer.ready());
    append_many(writer, 3, 3);

    std::uint64_t seen = 0;
    std::optional<error_code> ended;
    boost::asio::co_spawn(
        bus.io,
        bus.connect("watcher").subscribe(
            1, {}, [&seen](const stored_event& fact) { seen = fact.seq; }),
        [&ended](const std::exception_ptr&, error_code error) { ended = error; });
    bus.run_until([&] { return seen == 6; });
    bus.stop();
    for (const char* name :
         {"journal.db", "journal.db-wal", "journal.db-shm", "journal.db.head", "slab"})
        std::filesystem::remove(bus.folder.path() / name);
    for (const char* name : {"journal.db", "slab"})
        std::filesystem::copy_file(copy.path() / name, bus.folder.path() / name);
    bus.start();
    bus.run_until([&] { return ended.has_value(); });
    EXPECT_EQ(*ended, errc::different_log);
}

TEST_F(a_client, connects_when_there_are_descriptors_again)
{
#if __has_feature(undefined_behavior_sanitizer) || __has_feature(address_sanitizer)
    GTEST_SKIP()
        << "SKIP: the sanitizer itself opens pipes, and ends the process without descriptors";
#endif
    client& writer = bus.connect();
    bus.stop();
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{STDERR_FILENO + 1, before.rlim_max}; // poll() takes as many
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    bus.run_until([&writer] { return !writer.connected(); });
    bus.io.run_for(std::chrono::milliseconds{200}); // in which it tries to make another socket
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    bus.start();
    bus.run(writer.ready());
    append(writer, {make_event("late")});
}

TEST_F(a_client, fails_at_once_while_there_is_no_broker)
{
    client& writer = bus.connect();
    bus.stop();
    bus.run_until([&] {
        return bus.run(writer.append(batch_of({make_event("early")}))).error == errc::unavailable;
    });
    EXPECT_FALSE(writer.connected());
    EXPECT_EQ(bus.run(writer.head()).error, errc::unavailable);
    EXPECT_EQ(bus.run(writer.put_chunk("c", 0, "x")), errc::unavailable);
    bus.start();
    bus.run(writer.ready());
    append(writer, {make_event("late")});
    EXPECT_EQ(bus.process->seq(), 1U) << "nothing of the time before may arrive";
}

} // namespace
} // namespace bus
