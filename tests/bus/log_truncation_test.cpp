#include "bus/disk_error.hpp"
#include "bus/journal_reader.hpp"
#include "bus/key_slab.hpp"
#include "bus/log_truncation.hpp"
#include "bus/sqlite.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace bus {
namespace {

using test::ignore;
using test::make_event;
using test::read_whole;
using test::temporary_folder;

/// A stopped bus's log of six events, each with a content and a slot of its own.
class a_log_to_truncate : public testing::Test {
protected:
    a_log_to_truncate()
    {
        journal log{folder.files()};
        for (int number = 1; number <= 6; ++number)
            append(log, number);
        log.finish();
    }

    void append(journal& log, int number)
    {
        const std::string content = "c" + std::to_string(number);
        log.begin(1000 + number);
        log.put("writer", {content, 0, "sealed content"});
        append_request batch;
        batch.events = {make_event("event-" + std::to_string(number))};
        batch.events[0].payload = R"({"content":")" + content + R"("})";
        batch.contents = {{content, 1}};
        batch.slots = {{content, "link/alice", "secret of " + content}};
        ASSERT_FALSE(log.append("writer", batch).refused);
        log.commit();
    }

    void change(const char* sql)
    {
        database db{folder.files().database, database::access::write};
        db.execute(sql);
    }

    truncation_loss truncate(std::uint64_t after)
    {
        log_truncation truncation{folder.files(), after, ignore};
        truncation.carry_out();
        return truncation.loss();
    }

    bool opens() const
    {
        try {
            const journal log{folder.files()};
            return true;
        } catch (const damaged&) {
            return false;
        }
    }

    std::optional<std::string> chunk_of(const std::string& content)
    {
        return journal_reader{folder.files()}.chunk({content, 0});
    }
    std::optional<std::string> slot_of(const std::string& content)
    {
        return journal_reader{folder.files()}.slot(content, "link/alice");
    }

    std::size_t used_cells() const
    {
        const std::string octets = read_whole(folder.files().slab);
        const std::string zeros(locked_cell::size, '\0');
        std::size_t used = 0;
        for (std::size_t at = 0; at < octets.size(); at += locked_cell::size)
            used += octets.compare(at, locked_cell::size, zeros) != 0 ? 1 : 0;
        return used;
    }

    temporary_folder folder;
};

TEST_F(a_log_to_truncate, loses_the_events_after_and_all_that_they_brought_and_nothing_else)
{
    const truncation_loss loss = truncate(4);
    EXPECT_EQ(loss.events, 2U);
    EXPECT_EQ(loss.contents, 2U);
    EXPECT_EQ(loss.slots, 2U);
    EXPECT_EQ(loss.gone, 0U);
    EXPECT_EQ(used_cells(), 4U) << "before any bus starts";
    EXPECT_EQ(chunk_of("c4"), "sealed content");
    EXPECT_EQ(slot_of("c4"), "secret of c4");
    EXPECT_EQ(chunk_of("c5"), std::nullopt);
    EXPECT_EQ(slot_of("c6"), std::nullopt);
    journal log{folder.files()};
    EXPECT_EQ(log.head().seq, 4U);
    EXPECT_EQ(log.found_at_start().cells + log.found_at_start().contents, 0U);
    append(log, 5);
    EXPECT_EQ(log.head().seq, 5U);
}

TEST_F(a_log_to_truncate, loses_nothing_before_it_is_carried_out)
{
    std::vector<std::string> removed;
    {
        const log_truncation truncation{folder.files(), 4, ignore};
        truncation.read_removed([&](const stored_event& fact) { removed.push_back(fact.id); });
    }
    EXPECT_EQ(removed, (std::vector<std::string>{"event-5", "event-6"}));
    EXPECT_EQ(journal{folder.files()}.head().seq, 6U);
    EXPECT_EQ(slot_of("c6"), "secret of c6");
}

TEST_F(a_log_to_truncate, opens_again_when_its_damaged_end_is_cut_off)
{
    for (const char* damage :
         {"UPDATE events SET payload = x'00' WHERE seq = 6",
          "UPDATE events SET own = x'00' WHERE seq = 5",
          "UPDATE events SET seq = 8 WHERE seq = 6",
          "UPDATE events SET id = 'other' WHERE seq = 5"}) {
        change(damage);
        EXPECT_FALSE(opens()) << damage;
        truncate(4);
        EXPECT_TRUE(opens()) << damage;
        journal log{folder.files()};
        append(log, 5);
        append(log, 6);
    }
}

TEST_F(a_log_to_truncate, forgets_ids_of_removed_events_also_in_a_damaged_index)
{
    std::filesystem::remove(folder.path() / "journal.db-wal"); // all is in the database
    std::string file = read_whole(folder.files().database);
    const std::size_t table = file.find("event-6test.happened");
    ASSERT_NE(table, std::string::npos);
    file[table] = 'E'; // the index still says event-6
    std::ofstream{folder.files().database, std::ios::binary} << file;
    EXPECT_FALSE(opens());
    truncate(5);
    journal log{folder.files()};
    append(log, 6);
    EXPECT_EQ(log.head().seq, 6U);
}

TEST_F(a_log_to_truncate, is_not_cut_where_damage_would_stay)
{
    change("UPDATE events SET payload = x'00' WHERE seq = 3");
    try {
        const log_truncation truncation{folder.files(), 4, ignore};
        FAIL();
    } catch (const damaged& refused) {
        EXPECT_NE(std::string(refused.what()).find("cut after event 2"), std::string::npos);
    }
    EXPECT_EQ(truncate(2).events, 4U);
    EXPECT_TRUE(opens());
}

TEST_F(a_log_to_truncate, is_not_cut_behind_its_end_nor_where_there_is_none)
{
    EXPECT_THROW(log_truncation(folder.files(), 7, ignore), std::invalid_argument);
    EXPECT_EQ(truncate(6).events, 0U);
    EXPECT_EQ(truncate(0).events, 6U);
    const temporary_folder empty;
    EXPECT_THROW(log_truncation(empty.files(), 0, ignore), std::runtime_error);
    EXPECT_FALSE(std::filesystem::exists(empty.files().database)) << "nothing is made";
}

TEST_F(a_log_to_truncate, is_not_cut_while_a_bus_holds_it)
{
    const journal running{folder.files()};
    EXPECT_THROW(log_truncation(folder.files(), 4, ignore), std::runtime_error);
}

TEST_F(a_log_to_truncate, whose_slab_was_lost_stays_as_it_is)
{
    const std::filesystem::path slab = folder.files().slab;
    const std::filesystem::path kept = folder.path() / "kept";
    std::filesystem::rename(slab, kept);
    EXPECT_THROW(truncate(3), damaged) << "else its keys would look as if they had been erased";
    EXPECT_EQ(journal_reader{folder.files()}.hash_of(6).has_value(), true);
    std::filesystem::rename(kept, slab);
    truncate(3);
    EXPECT_TRUE(opens());
    EXPECT_EQ(journal_reader{folder.files()}.slot("c3", "link/alice"), "secret of c3");
}

TEST_F(a_log_to_truncate, whose_end_is_lost_opens_again_when_the_loss_is_accepted)
{
    change("DELETE FROM events WHERE seq > 4");
    EXPECT_FALSE(opens());
    const truncation_loss loss = truncate(4);
    EXPECT_EQ(loss.events, 0U);
    EXPECT_EQ(loss.gone, 2U);
    EXPECT_EQ(loss.slots, 2U) << "what the lost events brought goes too";
    EXPECT_TRUE(opens());
}

TEST_F(a_log_to_truncate, of_another_log_s_place_loses_all_that_was_acknowledged_there)
{
    change("UPDATE properties SET value = randomblob(16) WHERE name = 'log id'");
    EXPECT_FALSE(opens());
    EXPECT_EQ(truncate(6).gone, 6U);
    EXPECT_TRUE(opens());
}

TEST_F(a_log_to_truncate, is_not_made_of_an_empty_file)
{
    const temporary_folder other;
    std::ofstream(other.files().database).flush();
    EXPECT_THROW(log_truncation(other.files(), 0, ignore), damaged);
    EXPECT_EQ(std::filesystem::file_size(other.files().database), 0U);
}

/// As format 1 was: nobody noted which event named what.
class a_log_of_format_1 : public a_log_to_truncate {
protected:
    a_log_of_format_1()
    {
        change("ALTER TABLE slots DROP COLUMN named");
        change("UPDATE contents SET named = 1");
        change("UPDATE properties SET value = 1 WHERE name = 'format'");
    }
};

TEST_F(a_log_of_format_1, is_brought_up_to_date_and_loses_nothing)
{
    EXPECT_TRUE(opens());
    EXPECT_EQ(slot_of("c6"), "secret of c6");
    EXPECT_EQ(journal{folder.files()}.head().seq, 6U) << "and opens once more";
}

TEST_F(a_log_of_format_1, finds_again_which_event_named_what)
{
    const truncation_loss loss = truncate(4);
    EXPECT_EQ(loss.contents, 2U);
    EXPECT_EQ(loss.slots, 2U);
    EXPECT_EQ(chunk_of("c4"), "sealed content");
    EXPECT_EQ(chunk_of("c5"), std::nullopt);
}

TEST_F(a_log_of_format_1, keeps_what_no_event_says_it_named)
{
    change(
        "INSERT INTO contents (content, role, chunks, touched, named) VALUES ('c', 'w', 0, 0, 1)");
    EXPECT_EQ(truncate(4).contents, 2U);
    EXPECT_EQ(truncate(1).contents, 3U);
    EXPECT_EQ(truncate(0).contents, 2U) << "c1, and the one that nobody named";
}

TEST_F(a_log_of_format_1, of_another_format_is_refused_with_the_remedy)
{
    change("UPDATE properties SET value = 4 WHERE name = 'format'");
    EXPECT_FALSE(opens());
}

} // namespace
} // namespace bus
