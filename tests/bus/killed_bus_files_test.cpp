#include "bus/disk_error.hpp"
#include "bus/journal_reader.hpp"
#include "bus/octets.hpp"
#include "bus/stored_log.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <map>
#include <random>

namespace bus {
namespace {

using test::flipped;
using test::ignore;
using test::make_event;
using test::read_whole;
using test::temporary_folder;

/// The files of a bus that was killed, with events in the database and in the write-ahead log, and
/// what becomes of them when a single bit is another one.
class a_killed_bus : public testing::Test {
protected:
    a_killed_bus()
    {
        {
            journal log{folder.files()};
            append(log, 40);
            log.finish();
        }
        journal log{folder.files()};
        append(log, 40);
        for (const char* name : names)
            files[name] = read_whole(folder.path() / name);
        files["slab"] = read_whole(folder.files().slab);
        for (const stored_event& fact : all)
            octets += encoded(fact);
    }

    void append(journal& log, int count)
    {
        for (int number = 0; number < count; ++number) {
            const std::string content = "content-" + std::to_string(all.size());
            log.begin(1'700'000'000'000);
            log.put("writer", {content, 0, std::string(1000, 'c')});
            append_request batch;
            batch.events = {make_event("event-" + std::to_string(all.size()))};
            batch.contents = {{content, 1}};
            batch.slots = {{content, "link/alice", "sealed"}};
            log.append("writer", batch);
            all.push_back(log.commit().back());
        }
    }

    static std::string encoded(const stored_event& fact)
    {
        octet_writer writer;
        encode_event(writer, fact);
        return writer.take();
    }

    enum class outcome { refused, right, wrong };

    /// What a bus does that starts on these files and serves the whole log.
    outcome start_and_serve(const temporary_folder& other) const
    {
        try {
            const journal log{other.files()};
            journal_reader reader{other.files()};
            std::string served;
            event_batch batch{1, {}, 1000};
            reader.read_events(batch);
            served = batch.take_body().substr(4);
            const bool same = log.head().seq == all.size() && served == octets;
            return same ? outcome::right : outcome::wrong;
        } catch (const disk_error&) {
            return outcome::refused;
        }
    }

    outcome check(const temporary_folder& other) const
    {
        try {
            const checked_log checked = stored_log{other.files().database}.check(ignore);
            if (checked.fault)
                return outcome::refused;
            return checked.right.own == all.back().own ? outcome::right : outcome::wrong;
        } catch (const disk_error&) {
            return outcome::refused;
        }
    }

    void write(const temporary_folder& other, const std::string& changed, std::size_t bit) const
    {
        for (const auto& [name, stored] : files)
            std::ofstream{other.path() / name, std::ios::binary}
                << (name == changed ? flipped(stored, bit) : stored);
    }

    static constexpr std::array names{"journal.db", "journal.db-wal", "journal.db.head"};
    temporary_folder folder;
    std::map<std::string, std::string> files;
    std::vector<stored_event> all;
    std::string octets; ///< of all, as they are served
};

TEST_F(a_killed_bus, serves_no_wrong_event_and_loses_none_silently_whatever_bit_is_flipped)
{
    std::mt19937 chance{7}; // NOLINT: the same places in every run
    std::map<outcome, int> seen;
    for (int round = 0; round < 600; ++round) {
        const std::string name = names.at(round % names.size());
        const std::size_t bit = chance() % (files.at(name).size() * 8);
        const temporary_folder other;
        write(other, name, bit);
        const outcome checked = check(other);
        const outcome started = start_and_serve(other);
        EXPECT_NE(checked, outcome::wrong) << name << ", bit " << bit;
        EXPECT_NE(started, outcome::wrong) << name << ", bit " << bit;
        ++seen[started];
    }
    EXPECT_GT(seen[outcome::refused], 50);
    EXPECT_GT(seen[outcome::right], 50) << "most of a file is no event";
}

TEST_F(a_killed_bus, control_without_its_acknowledged_head_may_lose_its_end_silently)
{
    files.erase("journal.db.head");
    const temporary_folder other;
    write(other, "journal.db-wal", files.at("journal.db-wal").size() * 4);
    EXPECT_EQ(start_and_serve(other), outcome::wrong);
}

} // namespace
} // namespace bus
