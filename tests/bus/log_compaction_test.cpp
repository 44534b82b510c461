#include "bus/acknowledged_head.hpp"
#include "bus/disk_error.hpp"
#include "bus/log_truncation.hpp"
#include "tests/bus/log_to_compact.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace bus {
namespace {

using test::a_log_to_compact;
using test::dawn;
using test::events;
using test::ignore;
using test::make_event;
using test::temporary_folder;

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

TEST_F(a_log_to_compact, is_not_made_of_an_empty_file)
{
    const temporary_folder other;
    std::ofstream(other.files().database).flush();
    EXPECT_THROW(log_compaction{other.files()}, damaged);
    EXPECT_EQ(std::filesystem::file_size(other.files().database), 0U);
}

TEST_F(a_log_to_compact, that_is_damaged_in_its_archive_is_not_told_to_be_cut)
{
    compact(8);
    std::filesystem::remove(file_of(1, 4));
    try {
        const log_truncation none{folder.files(), 8, ignore};
        FAIL();
    } catch (const damaged& refused) {
        const std::string reason = refused.what();
        EXPECT_EQ(reason.find("cut after"), std::string::npos) << reason;
        EXPECT_TRUE(reason.ends_with("restore " + file_of(1, 4).string() + " from a backup"));
    }
}

TEST_F(a_log_to_compact, keeps_a_segment_that_is_the_only_good_copy)
{
    const std::filesystem::path before = folder.path() / "before";
    std::filesystem::copy_file(folder.files().database, before);
    compact(4);
    const auto overwrite = std::filesystem::copy_options::overwrite_existing;
    // As if it had been interrupted between the two.
    std::filesystem::copy_file(before, folder.files().database, overwrite);
    change("UPDATE events SET payload = 'another' WHERE seq = 2");
    EXPECT_THROW(compact(4), std::runtime_error);
    EXPECT_TRUE(std::filesystem::exists(file_of(1, 4)));
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

TEST_F(a_log_to_compact, is_not_called_damaged_when_there_is_no_room_for_its_archive)
{
    const auto fills_up = [](const stored_event& moved, std::uint64_t) {
        if (moved.seq == 6)
            throw disk_error("write", "the segment", ENOSPC);
    };
    {
        log_compaction log{folder.files(), 4};
        try {
            log.carry_out(8, fills_up);
            FAIL();
        } catch (const damaged& wrong) {
            FAIL() << wrong.what();
        } catch (const disk_error& full) {
            EXPECT_NE(std::string(full.what()).find("make room"), std::string::npos);
        }
    }
    EXPECT_EQ(events_in_journal(), 8U) << "1 to 4 had room";
    EXPECT_EQ(files(), 1U) << "what was begun is removed";
    expect_whole();
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
