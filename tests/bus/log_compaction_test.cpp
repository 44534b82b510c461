#include "bus/acknowledged_head.hpp"
#include "bus/disk_error.hpp"
#include "bus/event_check.hpp"
#include "bus/journal_reader.hpp"
#include "bus/log_compaction.hpp"
#include "bus/log_truncation.hpp"
#include "bus/sqlite.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace bus {
namespace {

using test::flipped;
using test::ignore;
using test::make_event;
using test::read_whole;
using test::refusal_to_start;
using test::temporary_folder;

constexpr std::int64_t dawn = 1'700'000'000'000;
constexpr std::uint64_t events = 12;

/// A stopped bus's log of twelve events; event n happened n ms after dawn. Segments have at most
/// four.
class a_log_to_compact : public testing::Test {
protected:
    a_log_to_compact()
    {
        journal log{folder.files()};
        for (std::uint64_t number = 1; number <= events; ++number)
            append(log, number);
        head = log.head();
        log.finish();
    }

    static append_outcome append(journal& log, std::uint64_t number)
    {
        log.begin(dawn + static_cast<std::int64_t>(number));
        append_request batch;
        batch.events = {make_event("event-" + std::to_string(number))};
        append_outcome outcome = log.append("writer", batch);
        log.commit();
        return outcome;
    }

    void compact(std::uint64_t last) { log_compaction{folder.files(), 4}.carry_out(last, ignore); }

    void change(const std::filesystem::path& file, const std::string& sql)
    {
        std::filesystem::permissions(
            file, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
        database db{file, database::access::write};
        db.execute(sql.c_str());
        db.checkpoint();
    }
    void change(const std::string& sql) { change(folder.files().database, sql); }

    std::filesystem::path file_of(std::uint64_t first, std::uint64_t last) const
    {
        return segment_file_of(folder.files().database, {first, {last, 0, {}}});
    }
    std::size_t files() const
    {
        std::error_code none;
        const std::filesystem::directory_iterator all{
            archive_folder_of(folder.files().database), none};
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }
    std::uint64_t events_in_journal()
    {
        database db{folder.files().database, database::access::read};
        statement count{db, "SELECT count(*) FROM events"};
        rows row = count.open();
        row.next();
        return static_cast<std::uint64_t>(row.integer(0));
    }

    /// As a subscriber gets them from `from` on.
    std::vector<std::string> replayed(std::uint64_t from = 1)
    {
        journal_reader reader{folder.files()};
        std::vector<std::string> ids;
        event_batch batch{from, reader.hash_of(from - 1).value(), 256};
        for (std::uint32_t before = 0;; before = batch.count()) {
            reader.read_events(batch);
            if (batch.count() == before)
                break;
        }
        const std::string body = batch.take_body();
        octet_reader fields{body};
        for (std::uint32_t left = fields.u32(); left > 0; --left)
            ids.push_back(decode_event(fields).id);
        return ids;
    }
    static std::vector<std::string> all_from(std::uint64_t from)
    {
        std::vector<std::string> ids;
        for (std::uint64_t number = from; number <= events; ++number)
            ids.push_back("event-" + std::to_string(number));
        return ids;
    }

    checked_log check() const { return stored_log{folder.files().database}.check(ignore); }
    void expect_whole()
    {
        const checked_log checked = check();
        EXPECT_FALSE(checked.fault) << checked.fault->reason;
        EXPECT_EQ(checked.right.own, head.own);
        EXPECT_EQ(read_log_head(folder.files().database).position.own, head.own);
        EXPECT_EQ(replayed(), all_from(1));
        EXPECT_EQ(refusal_to_start(folder.files()), "none");
    }

    temporary_folder folder;
    log_position head;
};

TEST_F(a_log_to_compact, has_the_same_events_wherever_they_stand)
{
    expect_whole();
    for (const std::uint64_t last : {1, 4, 9, 12}) {
        compact(last);
        EXPECT_EQ(events_in_journal(), events - last);
        expect_whole();
        for (std::uint64_t from = 1; from <= events; ++from)
            EXPECT_EQ(replayed(from), all_from(from));
    }
    EXPECT_EQ(files(), 5U) << "1, 2-4, 5-8, 9, 10-12";
    EXPECT_TRUE(std::filesystem::exists(file_of(5, 8)));
    const auto mode = std::filesystem::status(file_of(5, 8)).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read);
}

TEST_F(a_log_to_compact, goes_on_where_it_was)
{
    compact(12);
    journal log{folder.files()};
    EXPECT_EQ(log.head().own, head.own);
    EXPECT_EQ(append(log, 13).seqs, (std::vector<std::uint64_t>{13}));
    log.begin(dawn); // earlier than what is archived
    append_request batch;
    batch.events = {make_event("event-14")};
    log.append("writer", batch);
    EXPECT_EQ(log.commit().back().time, dawn + 13);
    EXPECT_FALSE(check().fault);
    EXPECT_EQ(check().right.seq, 14U);
}

TEST_F(a_log_to_compact, knows_the_ids_of_archived_events)
{
    compact(9);
    journal log{folder.files()};
    for (const std::uint64_t number : {1, 4, 9, 10})
        EXPECT_EQ(append(log, number).seqs, (std::vector<std::uint64_t>{number}));
    EXPECT_EQ(log.head().seq, events);
    log.begin(dawn);
    append_request other;
    other.events = {make_event("event-3", "test.other")};
    const append_outcome outcome = log.append("writer", other);
    log.commit();
    ASSERT_TRUE(outcome.refused);
    EXPECT_EQ(outcome.refused->code, wire_error::conflict);
}

TEST_F(a_log_to_compact, is_compacted_to_an_event_or_a_time)
{
    log_compaction log{folder.files(), 4};
    EXPECT_EQ(log.archived().seq, 0U);
    EXPECT_EQ(log.head().own, head.own);
    EXPECT_EQ(log.last_before(dawn), 0U);
    EXPECT_EQ(log.last_before(dawn + 7), 6U);
    EXPECT_EQ(log.last_before(dawn + 1000), 12U);
    EXPECT_EQ(
        log.files_through(9),
        (std::vector<std::filesystem::path>{file_of(1, 4), file_of(5, 8), file_of(9, 9)}));
    EXPECT_EQ(files(), 0U) << "nothing was done yet";
    log.carry_out(6, ignore);
    EXPECT_EQ(log.archived().seq, 6U);
    EXPECT_EQ(log.last_before(dawn + 2), 6U);
    EXPECT_TRUE(log.files_through(6).empty());
    log.carry_out(100, ignore);
    EXPECT_EQ(log.archived().own, head.own);
}

TEST_F(a_log_to_compact, may_be_compacted_while_it_is_checked)
{
    compact(4);
    const checked_log checked =
        stored_log{folder.files().database}.check([&](const stored_event& right, std::uint64_t) {
            if (right.seq == 2)
                compact(9);
        });
    EXPECT_FALSE(checked.fault) << checked.fault->reason;
    EXPECT_EQ(checked.right.own, head.own);
    EXPECT_EQ(files(), 3U) << "1-4, 5-8, 9";
}

TEST_F(a_log_to_compact, is_left_alone_while_a_bus_holds_it)
{
    const journal running{folder.files()};
    EXPECT_THROW(log_compaction(folder.files()), std::runtime_error);
    const temporary_folder empty;
    EXPECT_THROW(log_compaction(empty.files()), std::runtime_error);
    EXPECT_FALSE(std::filesystem::exists(empty.files().database)) << "nothing is made";
}

TEST_F(a_log_to_compact, is_not_compacted_over_damage_nor_after_a_loss)
{
    change("UPDATE events SET payload = x'00' WHERE seq = 6");
    try {
        compact(12);
        FAIL();
    } catch (const damaged& refused) {
        EXPECT_NE(std::string(refused.what()).find("event 6 is damaged"), std::string::npos);
    }
    EXPECT_EQ(events_in_journal(), 8U) << "1 to 4 were right";
    EXPECT_EQ(files(), 1U) << "what was begun is removed";
    EXPECT_EQ(check().fault->seq, 6U);
    change("DELETE FROM events WHERE seq > 10");
    EXPECT_THROW(compact(5), damaged) << "event 12 was acknowledged";
}

TEST_F(a_log_to_compact, that_was_compacted_can_be_cut_after_what_is_archived)
{
    compact(6);
    try {
        const log_truncation cut{folder.files(), 5, ignore};
        FAIL();
    } catch (const std::invalid_argument& refused) {
        EXPECT_NE(std::string(refused.what()).find("up to 6 are archived"), std::string::npos);
    }
    log_truncation cut{folder.files(), 6, ignore};
    EXPECT_EQ(cut.loss().events, 6U);
    cut.carry_out();
    EXPECT_EQ(check().right.seq, 6U);
}

/// Where the events 1 to 8 are archived, in two segments.
class a_compacted_log : public a_log_to_compact {
protected:
    a_compacted_log() { compact(8); }

    void expect_refused(std::uint64_t bad, const std::string& why)
    {
        const std::string said = refusal_to_start(folder.files());
        EXPECT_NE(said.find(why), std::string::npos) << said;
        EXPECT_NE(said.find("restore it from a backup"), std::string::npos) << said;
        const checked_log checked = check();
        ASSERT_TRUE(checked.fault);
        EXPECT_EQ(checked.fault->seq, bad);
        EXPECT_EQ(checked.right.seq, bad - 1);
        EXPECT_FALSE(checked.fault->segment.empty());
        EXPECT_THROW(log_compaction(folder.files()), damaged);
    }
};

TEST_F(a_compacted_log, without_a_segment_is_refused_and_named)
{
    std::filesystem::rename(file_of(5, 8), folder.path() / "away");
    expect_refused(5, "is missing");
    std::filesystem::rename(folder.path() / "away", file_of(5, 8));
    expect_whole();
    std::filesystem::remove(file_of(1, 4));
    expect_refused(1, "is missing");
}

TEST_F(a_compacted_log, with_another_file_for_a_segment_is_refused)
{
    std::filesystem::remove(file_of(1, 4));
    std::filesystem::copy(file_of(5, 8), file_of(1, 4));
    expect_refused(1, "it is missing: the next one in the log is 5");
    std::filesystem::remove(file_of(1, 4));
    std::ofstream{file_of(1, 4)} << "no database";
    expect_refused(1, "not a database");
}

TEST_F(a_compacted_log, with_a_segment_damaged_at_its_ends_is_refused)
{
    const std::string right = read_whole(file_of(5, 8));
    const auto put_back = [&] {
        std::filesystem::remove(file_of(5, 8));
        std::ofstream{file_of(5, 8), std::ios::binary} << right;
    };
    change(file_of(5, 8), "UPDATE events SET payload = x'00' WHERE seq = 5");
    expect_refused(5, "does not match its hash");
    put_back();
    change(file_of(5, 8), "UPDATE events SET time = time + 1 WHERE seq = 8");
    expect_refused(8, "does not match its hash");
    put_back();
    change(file_of(5, 8), "DELETE FROM events WHERE seq = 8");
    expect_refused(8, "ends with another event");
    put_back();
    change(file_of(5, 8), "UPDATE properties SET value = zeroblob(16)");
    EXPECT_NE(refusal_to_start(folder.files()).find("of another log"), std::string::npos);
    put_back();
    expect_whole();
}

TEST_F(a_compacted_log, tells_every_single_bit_flipped_in_an_archived_event)
{
    const std::filesystem::path file = file_of(5, 8);
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
    const std::string right = read_whole(file);
    const std::size_t start = right.find("event-6");
    const std::size_t end =
        right.find("event-6", start + 1) + 7 + 2 + 32; // in the payload, "}, own
    for (std::size_t bit = start * 8; bit < end * 8; ++bit) {
        std::ofstream{file, std::ios::binary} << flipped(right, bit);
        const checked_log checked = check();
        ASSERT_TRUE(checked.fault) << "bit " << bit;
        EXPECT_EQ(checked.fault->seq, 6U) << "bit " << bit;
        EXPECT_EQ(checked.fault->segment, file);
    }
    EXPECT_EQ(refusal_to_start(folder.files()), "none") << "only its ends are looked at";
    try {
        replayed(6);
        FAIL();
    } catch (const damaged& found) {
        const std::string said = found.what();
        EXPECT_NE(said.find("event 6 does not match its hash"), std::string::npos) << said;
        EXPECT_NE(said.find(file.string()), std::string::npos) << said;
    }
    std::ofstream{file, std::ios::binary} << right;
    expect_whole();
}

TEST_F(a_compacted_log, notices_that_ids_of_archived_events_were_forgotten)
{
    change("DELETE FROM archived_ids WHERE id = 'event-2'");
    const checked_log checked = check();
    ASSERT_TRUE(checked.fault);
    EXPECT_NE(checked.fault->reason.find("the id of event 2 is not known"), std::string::npos);
}

TEST_F(a_compacted_log, whose_list_of_segments_has_a_gap_is_refused)
{
    change("DELETE FROM segments WHERE first = 1");
    EXPECT_NE(refusal_to_start(folder.files()).find("gap after event 0"), std::string::npos);
}

TEST_F(a_compacted_log, with_an_acknowledged_head_in_the_archive_starts)
{
    {
        database segment{file_of(5, 8), database::access::read};
        acknowledged_head old{folder.files().database};
        const log_head log = read_log_head(folder.files().database);
        for (int copy = 0; copy < 2; ++copy)
            old.write({log.identity, 7, stored_position(segment, 7).own});
    }
    expect_whole();
}

/// As it lies on the disk after a kill before the events left the journal: they are in both.
class a_log_compacted_by_halves : public a_log_to_compact {
protected:
    a_log_compacted_by_halves()
    {
        const temporary_folder done;
        for (const char* name : {"journal.db", "journal.db.head", "slab"})
            std::filesystem::copy(folder.path() / name, done.path() / name);
        log_compaction{done.files(), 4}.carry_out(8, ignore);
        std::filesystem::copy(
            archive_folder_of(done.files().database), archive_folder_of(folder.files().database));
        std::ofstream{archive_folder_of(folder.files().database) / "1.db.unfinished"} << "torn";
    }
};

TEST_F(a_log_compacted_by_halves, is_whole_and_cleaned_by_the_next_compaction)
{
    expect_whole();
    EXPECT_EQ(files(), 3U);
    compact(6);
    EXPECT_EQ(files(), 2U) << "1 to 4, 5 and 6";
    EXPECT_TRUE(std::filesystem::exists(file_of(5, 6)));
    expect_whole();
}

TEST_F(a_log_compacted_by_halves, keeps_what_is_the_only_copy)
{
    log_truncation{folder.files(), 6, ignore}.carry_out(); // events 7 and 8 stand in no journal
    log_compaction log{folder.files(), 4};
    log.carry_out(2, ignore);
    EXPECT_EQ(log.strangers(), (std::vector<std::filesystem::path>{file_of(5, 8)}));
    EXPECT_TRUE(std::filesystem::exists(file_of(5, 8)));
    EXPECT_FALSE(std::filesystem::exists(file_of(1, 4)));
}

TEST_F(a_log_compacted_by_halves, is_not_compacted_over_a_file_with_other_events)
{
    log_truncation{folder.files(), 6, ignore}.carry_out();
    {
        journal log{folder.files()};
        append(log, 107);
        append(log, 108);
        log.finish();
    }
    compact(4);
    EXPECT_THROW(compact(8), std::runtime_error);
    std::filesystem::remove(file_of(5, 8));
    compact(8);
    EXPECT_FALSE(check().fault);
}

} // namespace
} // namespace bus
