#include "bus/chain.hpp"
#include "bus/disk_error.hpp"
#include "bus/journal.hpp"
#include "bus/journal_reader.hpp"
#include "bus/key_slab.hpp"
#include "bus/sqlite.hpp"
#include "tests/bus/open_journal.hpp"

#include <gtest/gtest.h>

namespace bus {
namespace {

using test::a_journal;
using test::make_event;
using test::noon;
using test::request_of;
using test::temporary_folder;

TEST_F(a_journal, counts_events_from_one_without_gaps)
{
    EXPECT_EQ(
        append(request_of({make_event("a"), make_event("b")})).seqs,
        (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(append(request_of({make_event("c")})).seqs, (std::vector<std::uint64_t>{3}));
    EXPECT_EQ(log->head().seq, 3U);
}

TEST_F(a_journal, chains_each_event_to_the_one_before)
{
    append(request_of({make_event("a"), make_event("b"), make_event("c")}));
    hash last{};
    for (const stored_event& fact : read_all()) {
        last = chain_hash(last, fact.seq, fact.time, fact.id, fact.type, fact.payload);
        EXPECT_EQ(fact.own, last);
    }
    EXPECT_EQ(log->head().own, last);
}

TEST_F(a_journal, finds_everything_again_after_it_was_opened_anew)
{
    append(request_of({make_event("a")}));
    const hash before = log->head().own;
    const log_identity identity = log->identity();
    reopen();
    EXPECT_EQ(log->head().seq, 1U);
    EXPECT_EQ(log->head().own, before);
    EXPECT_EQ(log->identity(), identity);
    EXPECT_EQ(append(request_of({make_event("b")})).seqs, (std::vector<std::uint64_t>{2}));
}

TEST_F(a_journal, keeps_its_write_ahead_log_short)
{
    event large = make_event("");
    large.payload.assign(1'000'000, 'x');
    for (int number = 0; number < 150; ++number) {
        large.id = std::to_string(number);
        append(request_of({large}));
        log->tidy();
    }
    EXPECT_LT(std::filesystem::file_size(folder.path() / "journal.db-wal"), 60'000'000U);
}

TEST_F(a_journal, holds_everything_in_one_file_after_an_orderly_end)
{
    append(request_of({make_event("a")}));
    log->finish();
    log.reset();
    const auto write_ahead_log = folder.path() / "journal.db-wal";
    if (std::filesystem::exists(write_ahead_log))
        EXPECT_EQ(std::filesystem::file_size(write_ahead_log), 0U)
            << "it would hide what is wrong in the database";
    std::filesystem::remove(write_ahead_log);
    open();
    EXPECT_EQ(log->head().seq, 1U);
}

TEST_F(a_journal, holds_what_was_committed_when_its_files_are_taken_as_they_are)
{
    append(request_of({make_event("a")}));
    log->begin(noon);
    log->append("writer", request_of({make_event("never committed")}));
    const temporary_folder crashed;
    for (const char* name : {"journal.db", "journal.db-wal", "slab"})
        std::filesystem::copy_file(folder.path() / name, crashed.path() / name);
    log->commit();

    const journal survivor{crashed.files()};
    EXPECT_EQ(survivor.head().seq, 1U);
}

TEST_F(a_journal, answers_a_repeated_id_with_its_first_seq)
{
    append(request_of({make_event("a"), make_event("b")}));
    EXPECT_EQ(append(request_of({make_event("b")})).seqs, (std::vector<std::uint64_t>{2}));
    EXPECT_EQ(
        append(request_of({make_event("a"), make_event("new")})).seqs,
        (std::vector<std::uint64_t>{1, 3}));
    EXPECT_EQ(log->head().seq, 3U);
}

TEST_F(a_journal, refuses_a_known_id_with_another_payload_or_type)
{
    append(request_of({make_event("a")}));
    event other = make_event("a");
    other.payload += " ";
    EXPECT_EQ(append(request_of({make_event("b"), other})).refused->code, wire_error::conflict);
    EXPECT_EQ(
        append(request_of({make_event("a", "test.other")})).refused->code, wire_error::conflict);
    EXPECT_EQ(log->head().seq, 1U) << "all or nothing";
}

TEST_F(a_journal, repeats_within_one_group_as_well)
{
    log->begin(noon);
    EXPECT_EQ(log->append("writer", request_of({make_event("a")})).seqs[0], 1U);
    EXPECT_EQ(log->append("writer", request_of({make_event("a")})).seqs[0], 1U);
    EXPECT_EQ(log->commit().size(), 1U);
}

TEST_F(a_journal, never_lets_time_go_back)
{
    append(request_of({make_event("a")}), noon);
    append(request_of({make_event("b")}), noon - 5000);
    append(request_of({make_event("c")}), noon + 1);
    const auto all = read_all();
    EXPECT_EQ(all[1].time, noon);
    EXPECT_EQ(all[2].time, noon + 1);
}

TEST_F(a_journal, names_only_contents_that_are_whole)
{
    put("c1", {"one", "two"});
    EXPECT_EQ(append(naming("a", "c1", 3)).refused->code, wire_error::invalid);
    EXPECT_EQ(append(naming("a", "c1", 0)).refused->code, wire_error::invalid);
    EXPECT_EQ(append(naming("a", "unknown", 1)).refused->code, wire_error::invalid);
    EXPECT_FALSE(append(naming("a", "c1", 2)).refused);
    EXPECT_FALSE(append(naming("a", "c1", 0)).refused) << "a repeat needs to know nothing";
}

TEST_F(a_journal, takes_content_and_event_in_one_group)
{
    log->begin(noon);
    EXPECT_FALSE(log->put("writer", {"c1", 0, "sealed"}));
    EXPECT_FALSE(log->append("writer", naming("a", "c1", 1)).refused);
    log->commit();
    journal_reader reader{folder.files()};
    EXPECT_EQ(reader.chunk({"c1", 0}), "sealed");
    EXPECT_EQ(reader.chunk({"c1", 1}), std::nullopt);
}

TEST_F(a_journal, takes_chunks_only_in_order_and_only_from_one_role)
{
    put("c1", {"one"});
    log->begin(noon);
    EXPECT_EQ(log->put("writer", {"c1", 2, "x"})->code, wire_error::invalid);
    EXPECT_EQ(log->put("writer", {"c1", 0, "x"})->code, wire_error::invalid);
    EXPECT_EQ(log->put("writer", {"c2", 1, "x"})->code, wire_error::invalid);
    EXPECT_EQ(log->put("stranger", {"c1", 1, "x"})->code, wire_error::conflict);
    EXPECT_EQ(log->append("stranger", naming("a", "c1", 1)).refused->code, wire_error::refused);
    log->commit();
}

TEST_F(a_journal, discards_what_no_event_names_and_nothing_else)
{
    put("kept", {"one"});
    put("dropped", {"one"});
    append(naming("a", "kept", 1));
    log->begin(noon);
    EXPECT_EQ(log->discard("writer", "kept")->code, wire_error::conflict);
    EXPECT_EQ(log->discard("stranger", "dropped")->code, wire_error::conflict);
    EXPECT_FALSE(log->discard("writer", "dropped"));
    EXPECT_FALSE(log->discard("writer", "unknown"));
    EXPECT_EQ(log->put("writer", {"kept", 1, "more"})->code, wire_error::conflict);
    log->commit();
    journal_reader reader{folder.files()};
    EXPECT_TRUE(reader.chunk({"kept", 0}));
    EXPECT_FALSE(reader.chunk({"dropped", 0}));
}

TEST_F(a_journal, collects_unnamed_contents_at_start_and_when_they_are_old)
{
    put("old", {"one"});
    log->begin(noon + 1000);
    EXPECT_EQ(log->drop_unnamed(2000), 0U);
    EXPECT_EQ(log->drop_unnamed(500), 1U);
    log->commit();
    put("interrupted", {"one"});
    reopen();
    EXPECT_EQ(log->found_at_start().contents, 1U);
}

TEST_F(a_journal, belongs_to_one_process_at_a_time)
{
    EXPECT_THROW(journal{folder.files()}, std::runtime_error);
}

TEST_F(a_journal, does_not_open_when_its_last_event_was_changed)
{
    append(request_of({make_event("a"), make_event("b")}));
    log.reset();
    {
        database db{folder.files().database, database::access::write};
        db.execute("UPDATE events SET payload = x'00' WHERE seq = 2");
    }
    EXPECT_THROW(journal{folder.files()}, damaged);
}

TEST_F(a_journal, does_not_open_another_database)
{
    log.reset();
    const temporary_folder other;
    {
        database db{other.files().database, database::access::write};
        db.execute("CREATE TABLE something (x)");
    }
    EXPECT_ANY_THROW(journal{other.files()});
}

} // namespace
} // namespace bus
