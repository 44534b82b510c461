#include "bus/journal_reader.hpp"
#include "bus/sqlite.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bus {
namespace {

using checking = journal_reader::checking;

class a_journal_reader : public testing::Test {
protected:
    a_journal_reader()
    {
        log.begin(1000);
        for (int number = 1; number <= 10; ++number) {
            append_request batch;
            batch.events = {test::make_event(std::to_string(number))};
            log.append("writer", batch);
        }
        log.commit();
    }

    void change(const char* sql)
    {
        database damaging{folder.files().database, database::access::write};
        damaging.execute(sql);
    }

    /// Events from the beginning on, at most `most`.
    std::uint32_t count_read(checking how, std::uint32_t most = 256)
    {
        event_batch batch{1, {}, most};
        reading.read_events(batch, how);
        return batch.count();
    }

    test::temporary_folder folder;
    journal log{folder.files()};
    journal_reader reading{folder.files()};
};

constexpr const char* change_the_fourth = "UPDATE events SET payload = x'7b7d' WHERE seq = 4";

TEST_F(a_journal_reader, checks_every_time_unless_told_otherwise)
{
    EXPECT_EQ(count_read(checking::every_time), 10U);
    change(change_the_fourth);
    EXPECT_EQ(count_read(checking::every_time), 3U);
}

TEST_F(a_journal_reader, checks_what_it_has_not_found_right_before)
{
    change(change_the_fourth);
    EXPECT_EQ(count_read(checking::once), 3U);
    EXPECT_EQ(count_read(checking::once), 3U);
}

TEST_F(a_journal_reader, checks_once_what_it_found_right)
{
    EXPECT_EQ(count_read(checking::once, 5), 5U);
    change(change_the_fourth);
    EXPECT_EQ(count_read(checking::once, 5), 5U);
    EXPECT_EQ(count_read(checking::once, 6), 3U) << "the sixth was never checked";
}

TEST_F(a_journal_reader, finds_no_event_right_because_later_ones_are)
{
    const std::optional<hash> fourth = reading.hash_of(4);
    event_batch later{5, *fourth, 256};
    reading.read_events(later, checking::once);
    EXPECT_EQ(later.count(), 6U);
    change("UPDATE events SET payload = x'7b7d' WHERE seq = 6");
    EXPECT_EQ(count_read(checking::once), 5U);
}

TEST_F(a_journal_reader, never_skips_an_event)
{
    EXPECT_EQ(count_read(checking::once), 10U);
    change("DELETE FROM events WHERE seq = 4");
    EXPECT_EQ(count_read(checking::once), 3U);
}

} // namespace
} // namespace bus
