#include "bus/disk_error.hpp"
#include "bus/event_check.hpp"
#include "bus/journal_reader.hpp"
#include "bus/sqlite.hpp"
#include "bus/stored_log.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <set>

namespace bus {
namespace {

using test::flipped;
using test::ignore;
using test::make_event;
using test::read_whole;
using test::refusal_to_start;
using test::temporary_folder;

/// A stopped bus's log of twelve events.
class a_stored_log : public testing::Test {
protected:
    a_stored_log()
    {
        journal log{folder.files()};
        for (int number = 1; number <= 12; ++number) {
            append_request batch;
            batch.events = {
                make_event((number == 6 ? "event-" : "other-") + std::to_string(number))};
            batch.events[0].payload = "payload of event " + std::to_string(number);
            log.begin(1'700'000'000'000 + number);
            log.append("writer", batch);
            head = log.commit().back();
        }
        log.finish();
    }

    void change(const std::string& sql)
    {
        database db{folder.files().database, database::access::write};
        db.execute(sql.c_str());
        db.checkpoint();
    }

    checked_log check() const { return stored_log{folder.files().database}.check(ignore); }

    std::uint64_t first_bad_after(const std::string& sql)
    {
        change(sql);
        const checked_log checked = check();
        return checked.fault ? checked.fault->seq : 0;
    }

    temporary_folder folder;
    stored_event head;
};

TEST_F(a_stored_log, that_nobody_touched_is_right_to_its_head)
{
    const checked_log checked = check();
    EXPECT_FALSE(checked.fault) << checked.fault->reason;
    EXPECT_EQ(checked.right.seq, 12U);
    EXPECT_EQ(checked.right.own, head.own);
    const log_head newest = read_log_head(folder.files().database);
    EXPECT_EQ(newest.position.own, head.own);
    EXPECT_EQ(newest.identity, checked.identity);
}

TEST_F(a_stored_log, is_checked_while_the_bus_holds_it)
{
    const journal running{folder.files()};
    EXPECT_FALSE(check().fault);
}

TEST_F(a_stored_log, shows_every_event_that_is_right_with_its_hash)
{
    std::vector<std::uint64_t> seen;
    stored_log{folder.files().database}.check([&](const stored_event& right, std::uint64_t last) {
        EXPECT_EQ(last, 12U);
        seen.push_back(right.seq);
    });
    EXPECT_EQ(seen.size(), 12U);
    EXPECT_EQ(seen.back(), 12U);
}

TEST_F(a_stored_log, with_a_gap_names_the_missing_event)
{
    EXPECT_EQ(first_bad_after("DELETE FROM events WHERE seq = 5"), 5U);
}

TEST_F(a_stored_log, with_a_text_stored_as_a_blob_of_the_same_octets_is_damaged)
{
    EXPECT_EQ(first_bad_after("UPDATE events SET id = CAST(id AS BLOB) WHERE seq = 4"), 4U);
}

TEST_F(a_stored_log, whose_end_was_cut_off_is_right_but_ends_earlier)
{
    change("DELETE FROM events WHERE seq > 9");
    ASSERT_TRUE(check().fault);
    EXPECT_EQ(check().fault->seq, 10U);
    EXPECT_NE(check().fault->reason.find("event 12 was acknowledged"), std::string::npos);
    std::filesystem::remove(folder.path() / "journal.db.head");
    EXPECT_FALSE(check().fault) << "only a signed head finds this";
    EXPECT_EQ(check().right.seq, 9U);
}

TEST_F(a_stored_log, tells_which_contents_and_slots_it_holds)
{
    {
        journal log{folder.files()};
        log.begin(1'700'000'000'100);
        log.put("writer", {"whole", 0, "one"});
        log.put("writer", {"whole", 1, "two"});
        log.put("writer", {"torn", 0, "one"});
        log.put("writer", {"unnamed", 0, "one"});
        append_request batch;
        batch.events = {make_event("naming")};
        batch.contents = {{"whole", 2}, {"torn", 1}};
        batch.slots = {{"whole", "link/alice", "sealed"}};
        log.append("writer", batch);
        log.commit();
        log.begin(1'700'000'000'100);
        log.put("writer", {"unnamed", 1, "two"});
        log.commit();
    }
    change("DELETE FROM chunks WHERE place / 1048576 = (SELECT number FROM contents WHERE content "
           "= 'torn')");
    stored_log log{folder.files().database};
    EXPECT_FALSE(log.check(ignore).fault);
    EXPECT_TRUE(log.holds_content("whole"));
    EXPECT_FALSE(log.holds_content("torn"));
    EXPECT_FALSE(log.holds_content("unnamed"));
    EXPECT_FALSE(log.holds_content("unknown"));
    EXPECT_TRUE(log.holds_slot("whole", "link/alice"));
    EXPECT_FALSE(log.holds_slot("whole", "link/bob"));
}

TEST_F(a_stored_log, that_is_damaged_is_refused_at_start_with_the_event_and_the_remedy)
{
    EXPECT_EQ(refusal_to_start(folder.files()), "none");
    change("UPDATE events SET time = time + 1 WHERE seq = 7");
    const std::string refused = refusal_to_start(folder.files());
    EXPECT_NE(refused.find("damaged at event 7"), std::string::npos) << refused;
    EXPECT_NE(refused.find("restore"), std::string::npos) << refused;
}

TEST_F(a_stored_log, older_than_what_a_start_checks_is_checked_from_a_stored_hash_on)
{
    database db{folder.files().database, database::access::write};
    EXPECT_NO_THROW(check_newest_events(db, 4));
    db.execute("UPDATE events SET payload = x'00' WHERE seq = 2");
    EXPECT_NO_THROW(check_newest_events(db, 4));
    EXPECT_THROW(check_newest_events(db, 11), damaged);
    db.execute("UPDATE events SET own = zeroblob(32) WHERE seq = 8");
    EXPECT_THROW(check_newest_events(db, 4), damaged);
}

TEST_F(a_stored_log, tells_every_single_bit_flipped_in_any_column_of_an_event)
{
    database db{folder.files().database, database::access::write};
    for (const char* column : {"id", "type", "payload", "own"}) {
        const std::string name{column};
        const bool text = name == "id" || name == "type";
        statement get{db, "SELECT " + name + " FROM events WHERE seq = 6"};
        statement set{db, "UPDATE events SET " + name + " = ? WHERE seq = 6"};
        std::string stored;
        {
            rows row = get.open();
            ASSERT_TRUE(row.next());
            stored = row.octets(0);
        }
        const auto write = [&](const std::string& octets) {
            text ? set.run(std::string_view{octets}) : set.run(blob{octets});
        };
        for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
            write(flipped(stored, bit));
            const checked_log checked = check();
            ASSERT_TRUE(checked.fault) << name << ", bit " << bit;
            EXPECT_EQ(checked.fault->seq, 6U) << name << ", bit " << bit;
        }
        write(stored);
        ASSERT_FALSE(check().fault);
    }
}

TEST_F(a_stored_log, tells_every_single_bit_flipped_in_the_number_or_time_of_an_event)
{
    database db{folder.files().database, database::access::write};
    const std::int64_t time = 1'700'000'000'006;
    statement set_time{db, "UPDATE events SET time = ? WHERE seq = 6"};
    for (int bit = 0; bit < 63; ++bit) {
        set_time.run(time ^ (std::int64_t{1} << bit));
        EXPECT_TRUE(check().fault) << "time, bit " << bit;
    }
    set_time.run(time);
    statement set_seq{db, "UPDATE events SET seq = ? WHERE seq = ?"};
    for (int bit = 4; bit < 63; ++bit) { // lower ones are those of other events
        const std::int64_t wrong = 6 ^ (std::int64_t{1} << bit);
        set_seq.run(wrong, std::int64_t{6});
        const checked_log checked = check();
        ASSERT_TRUE(checked.fault) << "seq, bit " << bit;
        EXPECT_EQ(checked.fault->seq, 6U);
        set_seq.run(std::int64_t{6}, wrong);
    }
    EXPECT_FALSE(check().fault);
}

/// One event as it lies in the file, and the file with any one of its bits flipped.
class an_event_in_its_file : public a_stored_log {
protected:
    an_event_in_its_file()
    {
        const std::string row = "event-6test.happenedpayload of event 6";
        const std::size_t id = file.find(row);
        EXPECT_NE(id, std::string::npos);
        begin = id - in_front;
        size = in_front + row.size() + sizeof(hash);
    }

    using checker = std::function<bool(const std::filesystem::path&)>;

    /// Octets of the event, from its first, in which a flipped bit is not found.
    std::set<std::size_t> missed_by(const checker& finds_fault) const
    {
        std::set<std::size_t> missed;
        const std::filesystem::path copy = folder.path() / "copy.db";
        for (std::size_t bit = begin * 8; bit < (begin + size) * 8; ++bit) {
            std::ofstream{copy, std::ios::binary} << flipped(file, bit);
            if (!finds_fault(copy))
                missed.insert(bit / 8 - begin);
        }
        return missed;
    }

    // As SQLite lays out a small row: size, seq, a header of 7 octets, 6 of time, then the texts.
    static constexpr std::size_t in_front = 2 + 7 + 6;
    /// Stands for seq in the header, which SQLite takes from elsewhere: nobody ever reads it.
    static constexpr std::size_t placeholder = 3;
    std::string file = read_whole(folder.files().database);
    std::size_t begin = 0;
    std::size_t size = 0;
};

TEST_F(an_event_in_its_file, has_no_bit_that_can_be_flipped_unseen)
{
    std::set<std::size_t> missed = missed_by([this](const std::filesystem::path& copy) {
        const checked_log checked = stored_log{copy}.check(ignore);
        EXPECT_TRUE(checked.fault || checked.right.own == head.own);
        return checked.fault.has_value();
    });
    missed.erase(placeholder);
    EXPECT_TRUE(missed.empty()) << missed.size() << " octets, the first " << *missed.begin();
}

TEST_F(an_event_in_its_file, control_a_check_that_does_not_hash_misses_most_of_it)
{
    const std::set<std::size_t> missed = missed_by([](const std::filesystem::path& copy) {
        try {
            database db{copy, database::access::read};
            statement events{db, "SELECT seq FROM events ORDER BY seq"};
            std::int64_t last = 0;
            for (rows row = events.open(); row.next(); ++last)
                if (row.integer(0) != last + 1)
                    return true;
            return last != 12 || !structure_fault(db).empty();
        } catch (const disk_error&) {
            return true;
        }
    });
    EXPECT_GT(missed.size(), size / 2);
}

} // namespace
} // namespace bus
