#include "bus/acknowledged_head.hpp"
#include "bus/disk_error.hpp"
#include "bus/sqlite.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

namespace bus {
namespace {

using test::make_event;
using test::refusal_to_start;
using test::temporary_folder;

class an_acknowledged_head : public testing::Test {
protected:
    void append(int count)
    {
        journal log{folder.files()};
        for (int number = 0; number < count; ++number) {
            append_request batch;
            batch.events = {make_event("event-" + std::to_string(++events))};
            log.begin(1);
            log.append("writer", batch);
            log.commit();
        }
    }

    void remove_database()
    {
        for (const char* end : {"", "-wal", "-shm"}) {
            std::filesystem::path name = folder.files().database;
            std::filesystem::remove(name += end);
        }
    }
    void change(const char* sql)
    {
        database db{folder.files().database, database::access::write};
        db.execute(sql);
    }

    temporary_folder folder;
    std::filesystem::path file = acknowledged_head_of(folder.files().database);
    int events = 0;
};

TEST_F(an_acknowledged_head, is_that_of_the_log)
{
    append(3);
    const auto head = read_acknowledged_head(folder.files().database);
    const journal log{folder.files()};
    ASSERT_TRUE(head);
    EXPECT_EQ(head->seq, 3U);
    EXPECT_EQ(head->own, log.head().own);
    EXPECT_EQ(head->identity, log.identity());
}

TEST_F(an_acknowledged_head, that_an_older_one_replaced_is_no_damage)
{
    append(3);
    const temporary_folder kept;
    std::filesystem::copy(file, kept.path() / "head");
    append(2);
    std::filesystem::copy(
        kept.path() / "head", file, std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(refusal_to_start(folder.files()), "none") << "a power cut may leave it so";
}

TEST_F(an_acknowledged_head, that_is_missing_or_empty_is_made)
{
    append(3);
    std::filesystem::remove(file);
    EXPECT_EQ(refusal_to_start(folder.files()), "none");
    EXPECT_EQ(read_acknowledged_head(folder.files().database)->seq, 3U);
    std::filesystem::resize_file(file, 0);
    EXPECT_EQ(refusal_to_start(folder.files()), "none");
    EXPECT_EQ(read_acknowledged_head(folder.files().database)->seq, 3U);
}

TEST_F(an_acknowledged_head, refuses_a_log_that_ends_before_it_with_both_remedies)
{
    append(5);
    change("DELETE FROM events WHERE seq > 3");
    const std::string refused = refusal_to_start(folder.files());
    EXPECT_NE(refused.find("ends with event 3, but event 5 was"), std::string::npos) << refused;
    EXPECT_NE(refused.find("restore"), std::string::npos);
    EXPECT_NE(refused.find("sealpost bus truncate --after 3"), std::string::npos);
}

TEST_F(an_acknowledged_head, refuses_a_log_that_was_written_anew)
{
    append(5);
    const std::string head = test::read_whole(file);
    change("DELETE FROM events WHERE seq > 3");
    std::filesystem::remove(file);
    append(4);
    std::ofstream{file, std::ios::binary} << head;
    EXPECT_NE(refusal_to_start(folder.files()).find("event 5 is another one"), std::string::npos);
}

TEST_F(an_acknowledged_head, refuses_a_database_that_its_write_ahead_log_outlived)
{
    append(5);
    std::filesystem::path log = folder.files().database;
    const std::string kept = test::read_whole(log += "-wal");
    for (const bool empty : {false, true}) {
        const std::filesystem::path away = folder.path() / "away";
        std::filesystem::rename(folder.files().database, away);
        if (empty)
            std::ofstream{folder.files().database}.flush();
        EXPECT_NE(
            refusal_to_start(folder.files()).find("put the database back"), std::string::npos);
        EXPECT_THROW((database{folder.files().database, database::access::read}), damaged);
        EXPECT_EQ(test::read_whole(log), kept);
        EXPECT_EQ(std::filesystem::exists(folder.files().database), empty);
        std::filesystem::rename(away, folder.files().database);
    }
    EXPECT_EQ(refusal_to_start(folder.files()), "none");
}

TEST_F(an_acknowledged_head, refuses_another_log_and_an_empty_one_in_its_place)
{
    append(5);
    remove_database();
    EXPECT_NE(
        refusal_to_start(folder.files()).find("another log was acknowledged"), std::string::npos);
}

TEST_F(an_acknowledged_head, of_an_empty_log_stands_in_nobody_s_way)
{
    append(0);
    remove_database();
    EXPECT_EQ(refusal_to_start(folder.files()), "none");
}

TEST_F(an_acknowledged_head, with_any_single_bit_flipped_is_right_or_the_one_before)
{
    append(5);
    const std::string head = test::read_whole(file);
    std::set<std::uint64_t> seen;
    for (std::size_t bit = 0; bit < head.size() * 8; ++bit) {
        std::ofstream{file, std::ios::binary} << test::flipped(head, bit);
        seen.insert(read_acknowledged_head(folder.files().database)->seq);
    }
    EXPECT_EQ(seen, (std::set<std::uint64_t>{4, 5}));
}

TEST_F(an_acknowledged_head, cut_short_while_it_was_written_is_the_one_before)
{
    append(4);
    const std::string head = test::read_whole(file);
    std::ofstream{file, std::ios::binary} << head.substr(0, head.size() - 20);
    EXPECT_EQ(read_acknowledged_head(folder.files().database)->seq, 3U);
    EXPECT_EQ(refusal_to_start(folder.files()), "none");
    EXPECT_EQ(read_acknowledged_head(folder.files().database)->seq, 4U);
}

TEST_F(an_acknowledged_head, cut_short_when_it_was_made_is_none)
{
    append(1);
    const std::string head = test::read_whole(file);
    std::ofstream{file, std::ios::binary} << head.substr(0, head.size() - 20);
    EXPECT_EQ(refusal_to_start(folder.files()), "none");
}

TEST_F(an_acknowledged_head, damaged_in_both_copies_is_refused)
{
    append(5);
    const std::string head = test::read_whole(file);
    std::ofstream{file, std::ios::binary} << test::flipped(test::flipped(head, 0), 512UL * 8);
    EXPECT_NE(refusal_to_start(folder.files()).find("is damaged"), std::string::npos);
}

} // namespace
} // namespace bus
