#include "bus/follower.hpp"
#include "bus/snapshots.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace bus {
namespace {

using boost::system::error_code;
using test::batch_of;
using test::make_event;

/// A state machine that remembers the ids it has applied, and whether it was restored.
class a_process_with_snapshots : public testing::Test {
protected:
    struct machine {
        machine(test::running_bus& bus, snapshot_settings wanted)
            : link(bus.connect("watcher")),
              state(
                  link, [this](const stored_event& fact) { apply(fact); }, bus.log),
              kept(
                  bus.io.get_executor(),
                  std::move(wanted),
                  "watcher",
                  {{{"ids", [this](const auto& to) { write(to); }}},
                   [this](const snapshot& from) { restore(from.part("ids")); }},
                  link,
                  state,
                  bus.log)
        {
            boost::asio::co_spawn(
                bus.io, kept.follow(), [this](const std::exception_ptr&, error_code error) {
                    ended = error;
                });
        }
        void apply(const stored_event& fact)
        {
            if (fact.id == "poison")
                throw std::runtime_error("cannot apply");
            ids += fact.id + ' ';
            ++applied;
            kept.observe(fact);
        }
        void write(const auto& to) const
        {
            if (!endless_copy.empty() && ::getpid() != original) {
                std::ofstream{endless_copy} << ::getpid() << std::flush;
                ::pause();
            }
            to(ids);
        }
        void restore(std::string_view octets)
        {
            if (octets == "poison ")
                throw std::runtime_error("cannot restore");
            ids = octets;
        }

        client& link;
        std::string ids;
        int applied = 0;
        std::filesystem::path endless_copy; ///< unless empty, copies say here who they are and stay
        pid_t original = ::getpid();
        std::optional<error_code> ended;
        follower state;
        snapshots kept;
    };

    machine& start() { return *machines.emplace_back(std::make_unique<machine>(bus, wanted)); }
    void append(const std::string& id)
    {
        ASSERT_FALSE(bus.run(writer().append(batch_of({make_event(id)}))).error);
    }
    client& writer()
    {
        if (!writer_)
            writer_ = &bus.connect();
        return *writer_;
    }
    void until_applied(machine& one, const std::string& ids)
    {
        bus.run_until([&] { return one.ids == ids || one.ended; });
        ASSERT_EQ(one.ids, ids);
    }
    std::filesystem::path file() const { return wanted.folder / "watcher.snapshot"; }
    /// As the machine at that place would have left it.
    void leave(const log_place& place, const std::string& ids)
    {
        std::filesystem::create_directory(wanted.folder);
        const std::vector<snapshot_part> parts{{"ids", [&](const auto& to) { to(ids); }}};
        write_snapshot(file(), "watcher", place, parts);
    }

    std::vector<std::unique_ptr<machine>> machines; ///< outlive the coroutines that the bus runs
    test::running_bus bus;
    test::temporary_folder folder;
    snapshot_settings wanted{folder.path() / "kept", 100'000};

private:
    client* writer_ = nullptr;
};

TEST_F(a_process_with_snapshots, starts_from_the_one_it_kept_and_applies_what_came_since)
{
    append("a");
    append("b");
    machine& first = start();
    until_applied(first, "a b ");
    bus.run(first.kept.keep());
    append("c");
    machine& second = start();
    until_applied(second, "a b c ");
    EXPECT_EQ(second.applied, 1) << "the first two came from the snapshot";
    EXPECT_EQ(second.state.applied(), 3U);
}

TEST_F(a_process_with_snapshots, that_keeps_none_starts_from_the_first_event)
{
    wanted.folder.clear();
    append("a");
    machine& first = start();
    until_applied(first, "a ");
    bus.run(first.kept.keep());
    machine& second = start();
    until_applied(second, "a ");
    EXPECT_EQ(second.applied, 1);
}

TEST_F(a_process_with_snapshots, discards_one_of_another_log)
{
    append("a");
    append("b");
    append("c");
    leave({2, {1}, {2}}, "x y ");
    machine& one = start();
    until_applied(one, "a b c ");
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(a_process_with_snapshots, discards_one_that_is_ahead_of_the_log)
{
    append("a");
    leave({2, {1}, {2}}, "x y ");
    machine& one = start();
    until_applied(one, "a ");
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(a_process_with_snapshots, discards_one_that_differs_in_its_last_event_alone)
{
    append("a");
    append("b");
    machine& first = start();
    until_applied(first, "a b ");
    bus.run(first.kept.keep());
    log_place place = snapshot(file(), "watcher").place();
    place.own[31] ^= 1;
    leave(place, "a x ");
    machine& second = start();
    until_applied(second, "a b ");
    EXPECT_EQ(second.applied, 2);
}

TEST_F(a_process_with_snapshots, discards_a_damaged_one_and_one_that_cannot_be_restored)
{
    append("a");
    machine& first = start();
    until_applied(first, "a ");
    bus.run(first.kept.keep());
    const log_place place = snapshot(file(), "watcher").place();
    leave(place, "poison ");
    until_applied(start(), "a ");
    EXPECT_FALSE(std::filesystem::exists(file()));
    std::ofstream{file(), std::ios::binary} << "nothing";
    until_applied(start(), "a ");
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(a_process_with_snapshots, starts_without_one_whose_file_cannot_be_looked_at)
{
    append("a");
    std::filesystem::create_directory(wanted.folder);
    std::filesystem::create_symlink(file(), file()); // leads to itself
    until_applied(start(), "a ");
}

TEST_F(a_process_with_snapshots, leaves_no_copy_at_work_when_the_log_cannot_be_followed)
{
    wanted.events = 1;
    wanted.rest = {};
    machine& one = start();
    one.endless_copy = folder.path() / "copy";
    append("a");
    pid_t copy = 0;
    bus.run_until([&] { return bool(std::ifstream{one.endless_copy} >> copy); });
    EXPECT_EQ(::waitpid(copy, nullptr, WNOHANG), 0) << "a copy is at work";
    append("poison");
    bus.run_until([&] { return one.ended.has_value(); });
    EXPECT_EQ(*one.ended, errc::invalid);
    EXPECT_EQ(::waitpid(copy, nullptr, WNOHANG), -1) << "it would use what goes now";
}

TEST_F(a_process_with_snapshots, says_why_one_cannot_be_written_and_lives_on)
{
    wanted.folder = folder.path() / "no" / "such";
    append("a");
    machine& one = start();
    until_applied(one, "a ");
    bus.run(one.kept.keep());
    append("b");
    until_applied(one, "a b ");
}

} // namespace
} // namespace bus
