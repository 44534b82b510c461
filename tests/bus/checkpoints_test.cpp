#include "bus/checkpoints.hpp"
#include "bus/disk_error.hpp"
#include "bus/sqlite.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <future>

namespace bus {
namespace {

using action = checkpoint_plan::action;

constexpr std::int64_t mebioctet = 1024 * 1024;

/// By which the log has grown, in so many commits, when it is to be copied.
constexpr std::int64_t step_of(std::int64_t commits)
{
    return checkpoint_plan::step + commits * checkpoint_plan::again;
}

TEST(a_checkpoint_plan, has_the_log_copied_beside_step_by_step)
{
    checkpoint_plan plan;
    EXPECT_EQ(plan.next(checkpoint_plan::step, true), action::none);
    EXPECT_EQ(plan.next(step_of(2), true), action::beside);
    EXPECT_EQ(plan.next(5 * mebioctet, false), action::none) << "it is under way";
    EXPECT_EQ(plan.next(5 * mebioctet, true), action::beside);
    EXPECT_EQ(plan.next(5 * mebioctet + step_of(1) - 1, true), action::none);
    EXPECT_EQ(plan.next(5 * mebioctet + step_of(2), true), action::beside);
}

TEST(a_checkpoint_plan, does_not_count_the_pages_that_each_commit_writes_again)
{
    const auto commits_until_copied = [](std::int64_t octets_a_commit) {
        checkpoint_plan plan;
        int commits = 1;
        while (plan.next(commits * octets_a_commit, true) == action::none)
            ++commits;
        return commits;
    };
    EXPECT_EQ(commits_until_copied(16 * 1024), 256) << "a lone event each: 4 MiB of few pages";
    EXPECT_EQ(commits_until_copied(64 * 1024), 16) << "many: 1 MiB";
}

TEST(a_checkpoint_plan, leaves_the_writer_the_rest_of_a_log_that_is_to_begin_anew)
{
    checkpoint_plan plan;
    EXPECT_EQ(plan.next(checkpoint_plan::enough, true), action::beside) << "all of it is no rest";
    EXPECT_EQ(plan.next(17 * mebioctet, false), action::none);
    EXPECT_EQ(plan.next(18 * mebioctet, true), action::here);
    EXPECT_EQ(plan.next(1, true), action::none) << "it has begun anew";
    EXPECT_EQ(plan.next(step_of(2), true), action::beside);
}

TEST(a_checkpoint_plan, does_not_copy_after_each_commit_while_a_reader_keeps_the_log)
{
    checkpoint_plan plan;
    EXPECT_EQ(plan.next(checkpoint_plan::enough, true), action::beside);
    EXPECT_EQ(plan.next(17 * mebioctet, true), action::here);
    EXPECT_EQ(plan.next(17 * mebioctet + step_of(1) - 1, true), action::none);
    EXPECT_EQ(plan.next(17 * mebioctet + step_of(2), true), action::beside);
    EXPECT_EQ(plan.next(20 * mebioctet, true), action::here);
}

TEST(a_checkpoint_plan, makes_the_writer_wait_for_a_copy_that_falls_behind)
{
    checkpoint_plan plan;
    EXPECT_EQ(plan.next(step_of(1), true), action::beside);
    EXPECT_EQ(plan.next(checkpoint_plan::longest - 1, false), action::none);
    EXPECT_EQ(plan.next(checkpoint_plan::longest, false), action::here);
}

class the_checkpoints : public testing::Test {
protected:
    void write_octets(std::int64_t octets)
    {
        statement insert{db, "INSERT INTO t (x) VALUES (zeroblob(?))"};
        insert.run(octets);
    }

    test::temporary_folder folder;
    std::filesystem::path file{folder.path() / "test.db"};
    database db{file, database::access::write};
    std::promise<std::string> failure;
    checkpoints copies{file, [this](const std::string& why) { failure.set_value(why); }};

    void SetUp() override
    {
        db.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (x BLOB)");
        db.checkpoint();
    }
};

TEST_F(the_checkpoints, copy_on_a_thread_of_their_own_so_that_the_log_begins_anew)
{
    write_octets(3 * mebioctet);
    copies.after_commit(db, step_of(1));
    copies.settle();
    EXPECT_GT(std::filesystem::file_size(file), 3'000'000U);
    write_octets(1);
    EXPECT_LT(db.log_pages(), 10) << "nothing was left to be copied";
}

TEST_F(the_checkpoints, leave_alone_what_is_short)
{
    write_octets(3 * mebioctet);
    copies.after_commit(db, step_of(1) - 1);
    copies.settle();
    EXPECT_LT(std::filesystem::file_size(file), 1'000'000U);
}

TEST_F(the_checkpoints, tell_at_once_and_again_that_a_copy_failed)
{
    checkpoints none{folder.path() / "none" / "test.db", [this](const std::string& why) {
                         failure.set_value(why);
                     }};
    none.after_commit(db, step_of(1));
    EXPECT_NE(failure.get_future().get().find("none/test.db"), std::string::npos);
    EXPECT_THROW(none.settle(), disk_error);
    EXPECT_THROW(none.after_commit(db, 0), disk_error);
}

TEST_F(the_checkpoints, end_while_nothing_was_asked_of_them_and_while_they_copy)
{
    const checkpoints idle{file, [](const std::string&) { FAIL(); }};
    write_octets(3 * mebioctet);
    checkpoints busy{file, [](const std::string&) { FAIL(); }};
    busy.after_commit(db, step_of(1));
}

} // namespace
} // namespace bus
