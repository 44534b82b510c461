#pragma once

#include "bus/event_check.hpp"
#include "bus/journal_reader.hpp"
#include "bus/log_compaction.hpp"
#include "bus/sqlite.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

namespace bus::test {

inline constexpr std::int64_t dawn = 1'700'000'000'000;
inline constexpr std::uint64_t events = 12;

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

} // namespace bus::test
