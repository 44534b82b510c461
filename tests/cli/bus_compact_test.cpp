#include "bus/journal.hpp"
#include "bus/segments.hpp"
#include "bus/sqlite.hpp"
#include "cli/bus_compact.hpp"
#include "cli/failure.hpp"
#include "cli/state_directory.hpp"
#include "cli/verify.hpp"
#include "mail/event_json.hpp"
#include "tests/cli/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>

namespace {

constexpr std::int64_t dawn = 1'700'000'000'000;

/// A state directory with a stopped bus's log of ten events; event n happened n ms after dawn.
class a_log_of_ten : public testing::Test {
protected:
    a_log_of_ten()
    {
        state_.create();
        bus::journal log{{state_.database(), state_.slab()}};
        for (int number = 1; number <= 10; ++number) {
            const std::string id = "event-" + std::to_string(number);
            bus::append_request batch;
            batch.events.emplace_back();
            batch.events[0].id = id;
            batch.events[0].type = "sealpost.test";
            batch.events[0].payload =
                mail::to_json({{id}, "/test", mail::unknown_event{"sealpost.test"}});
            log.begin(dawn + number);
            log.append("writer", batch);
            log.commit();
        }
    }

    static std::string printed_by(const std::function<int()>& command, int code)
    {
        testing::internal::CaptureStdout();
        try {
            EXPECT_EQ(command(), code);
        } catch (...) {
            testing::internal::GetCapturedStdout();
            throw;
        }
        return testing::internal::GetCapturedStdout();
    }
    std::string compact(const cli::bus_compact_options& options)
    {
        return printed_by([&] { return cli::bus_compact(state_.root(), options); }, 0);
    }
    nlohmann::json compact_to_json(cli::bus_compact_options options)
    {
        options.json = true;
        return nlohmann::json::parse(compact(options));
    }
    static cli::bus_compact_options before(std::uint64_t seq)
    {
        return {.before = cli::log_moment{seq, 0}};
    }
    std::string verify(int code)
    {
        return printed_by([&] { return cli::verify(state_.root(), {}); }, code);
    }
    std::string segment(std::uint64_t first, std::uint64_t last) const
    {
        return bus::segment_file_of(state_.database(), {first, {last, 0, {}}}).string();
    }

    cli_test::temporary_folder folder_;
    cli::state_directory state_{folder_.path() / "state"};
};

TEST_F(a_log_of_ten, is_archived_up_to_an_event)
{
    const nlohmann::json said = compact_to_json(before(7));
    EXPECT_EQ(
        said,
        (nlohmann::json{
            {"archived", true},
            {"first", 1},
            {"last", 6},
            {"events", 6},
            {"stay", 4},
            {"segments", {segment(1, 6)}},
            {"strangers", nlohmann::json::array()}}));
    EXPECT_TRUE(std::filesystem::exists(segment(1, 6)));
    EXPECT_EQ(verify(0), "10 events, all right\n");
}

TEST_F(a_log_of_ten, keeps_so_many_events_or_those_from_a_time_on)
{
    EXPECT_EQ(compact_to_json({.keep = 8})["last"], 2);
    EXPECT_EQ(
        compact_to_json({.before = cli::log_moment{{}, dawn + 6}})["segments"][0], segment(3, 5));
    EXPECT_EQ(compact_to_json({.keep = 0})["stay"], 0);
    EXPECT_EQ(verify(0), "10 events, all right\n");
}

TEST_F(a_log_of_ten, is_told_what_would_be_archived_and_left_alone)
{
    cli::bus_compact_options options = before(7);
    options.dry_run = true;
    EXPECT_EQ(
        compact(options),
        "would archive: 6 events, 1 to 6; 4 events stay in the journal\n  " + segment(1, 6) + "\n");
    EXPECT_FALSE(std::filesystem::exists(segment(1, 6)));
    EXPECT_EQ(compact_to_json(options)["archived"], false);
}

TEST_F(a_log_of_ten, is_archived_once)
{
    compact(before(10));
    const std::string nothing =
        "nothing to archive: 9 of 10 events are archived already, 1 event stays in the journal\n";
    EXPECT_EQ(compact(before(10)), nothing);
    EXPECT_EQ(compact(before(3)), nothing);
    EXPECT_EQ(compact({.keep = 100}), nothing);
}

TEST_F(a_log_of_ten, is_not_archived_beyond_its_end_nor_while_something_runs)
{
    try {
        compact(before(12));
        FAIL();
    } catch (const cli::failure& refused) {
        EXPECT_NE(std::string(refused.what()).find("ends with event 10"), std::string::npos);
    }
    {
        const bus::journal running{{state_.database(), state_.slab()}};
        EXPECT_THROW(compact(before(5)), std::runtime_error);
    }
    const cli::state_lock up(state_);
    EXPECT_THROW(compact(before(5)), cli::failure);
}

TEST_F(a_log_of_ten, whose_segment_is_lost_or_damaged_is_verified_to_there)
{
    compact(before(5));
    compact(before(9));
    std::filesystem::permissions(segment(5, 8), std::filesystem::perms::owner_all);
    {
        bus::database file{segment(5, 8), bus::database::access::write};
        file.execute("UPDATE events SET payload = x'00' WHERE seq = 6");
    }
    EXPECT_EQ(
        verify(1),
        "event 6 is wrong: it does not match its hash\n5 events before it right\n"
        "it stands in the archive: restore " +
            segment(5, 8) + " from a backup\n");
    std::filesystem::remove(segment(1, 4));
    const std::string said = verify(1);
    EXPECT_NE(said.find("event 1 is wrong: segment " + segment(1, 4)), std::string::npos) << said;
    EXPECT_NE(said.find("is missing; restore it from a backup"), std::string::npos) << said;
}

} // namespace
