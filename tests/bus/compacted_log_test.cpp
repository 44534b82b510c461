#include "bus/acknowledged_head.hpp"
#include "bus/disk_error.hpp"
#include "tests/bus/log_to_compact.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bus {
namespace {

using test::a_log_to_compact;
using test::flipped;
using test::read_whole;
using test::refusal_to_start;

/// Where the events 1 to 8 are archived, in two segments.
class a_compacted_log : public a_log_to_compact {
protected:
    a_compacted_log() { compact(8); }

    void expect_refused(std::uint64_t bad, const std::string& why)
    {
        const std::string said = refusal_to_start(folder.files());
        EXPECT_NE(said.find(why), std::string::npos) << said;
        const std::size_t remedy = said.find("restore it from a backup");
        EXPECT_NE(remedy, std::string::npos) << said;
        EXPECT_EQ(said.find("restore it from a backup", remedy + 1), std::string::npos) << said;
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

} // namespace
} // namespace bus
