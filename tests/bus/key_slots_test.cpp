#include "bus/key_slab.hpp"
#include "tests/bus/open_journal.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace bus {
namespace {

using test::make_event;
using test::noon;
using test::read_whole;
using test::request_of;

class a_key_slot : public test::a_journal {
protected:
    a_key_slot()
    {
        put("c1", {"sealed content"});
        append_request batch = naming("a", "c1", 1);
        batch.slots = {
            {"c1", "link/alice", "secret of alice"}, {"c1", "link/bob", "secret of bob"}};
        EXPECT_FALSE(append(batch).refused);
    }

    std::optional<std::string> get(const std::string& name)
    {
        return journal_reader{folder.files()}.slot("c1", name);
    }

    void erase(const std::string& name)
    {
        log->begin(noon);
        log->erase_slots({"c1", {name, "link/nobody"}});
        log->commit();
    }

    std::string slab() { return read_whole(folder.files().slab); }

    std::size_t used_cells()
    {
        const std::string octets = slab();
        const std::string zeros(locked_cell::size, '\0');
        std::size_t used = 0;
        for (std::size_t at = 0; at < octets.size(); at += locked_cell::size)
            used += octets.compare(at, locked_cell::size, zeros) != 0 ? 1 : 0;
        return used;
    }
};

TEST_F(a_key_slot, is_kept_and_found_again)
{
    EXPECT_EQ(get("link/alice"), "secret of alice");
    EXPECT_EQ(get("link/nobody"), std::nullopt);
    reopen();
    EXPECT_EQ(get("link/bob"), "secret of bob");
    EXPECT_EQ(slab().size(), key_slab::step);
}

TEST_F(a_key_slot, does_not_stand_in_the_database_as_it_was_given)
{
    for (const char* name : {"journal.db", "journal.db-wal"})
        EXPECT_EQ(read_whole(folder.path() / name).find("secret of"), std::string::npos);
}

TEST_F(a_key_slot, leaves_no_octet_of_its_cell_when_it_is_erased)
{
    const std::string before = slab();
    erase("link/alice");
    EXPECT_EQ(get("link/alice"), std::nullopt);
    EXPECT_EQ(get("link/bob"), "secret of bob");
    EXPECT_EQ(used_cells(), 1U);
    const std::string after = slab();
    for (std::size_t at = 0; at < 2 * locked_cell::size; at += locked_cell::size) {
        const std::string cell = before.substr(at, locked_cell::size);
        const bool alice = after.find(cell) == std::string::npos;
        if (alice)
            EXPECT_EQ(read_whole(folder.path() / "journal.db-wal").find(cell), std::string::npos);
    }
}

TEST_F(a_key_slot, is_dead_when_a_crash_came_between_its_cell_and_its_row)
{
    const std::size_t size = locked_cell::size;
    std::fstream slab_file{folder.files().slab, std::ios::in | std::ios::out | std::ios::binary};
    slab_file.write(std::string(2 * size, '\0').data(), static_cast<std::streamsize>(2 * size));
    slab_file.seekp(static_cast<std::streamoff>(5 * size));
    slab_file.write("a cell that no row names........", static_cast<std::streamsize>(size));
    slab_file.close();
    EXPECT_EQ(get("link/alice"), std::nullopt);
    reopen();
    EXPECT_EQ(log->found_at_start().slots, 2U);
    EXPECT_EQ(log->found_at_start().cells, 1U);
    EXPECT_EQ(used_cells(), 0U);
}

TEST_F(a_key_slot, is_not_taken_for_erased_where_the_slab_was_lost)
{
    const std::filesystem::path file = folder.files().slab;
    const std::string kept = slab();
    log.reset();
    std::filesystem::remove(file);
    for (const std::uintmax_t left : {0, 100}) {
        const std::string why = test::refusal_to_start(folder.files());
        EXPECT_EQ(
            why,
            file.string() +
                " was lost or cut off, and with it the keys of 2 key slots: restore it from a "
                "backup. Without it nobody can open their mails; `truncate -s 65536 " +
                file.string() + "` gives them up, and the bus starts");
        std::filesystem::resize_file(file, left);
    }
    std::ofstream{file, std::ios::binary} << kept;
    reopen();
    EXPECT_EQ(get("link/alice"), "secret of alice");
    log.reset();
    std::filesystem::resize_file(file, 0);
    std::filesystem::resize_file(file, 65536); // as truncate does
    reopen();
    EXPECT_EQ(log->found_at_start().slots, 2U);
    EXPECT_EQ(get("link/alice"), std::nullopt);
}

TEST_F(a_key_slot, does_not_belong_to_a_new_log)
{
    const std::string kept = slab();
    log.reset();
    const std::filesystem::path away = folder.path() / "away";
    std::filesystem::create_directory(away);
    const auto move_log = [&](const std::filesystem::path& from, const std::filesystem::path& to) {
        for (const char* name :
             {"journal.db", "journal.db-wal", "journal.db-shm", "journal.db.head"})
            if (std::filesystem::exists(from / name))
                std::filesystem::rename(from / name, to / name);
    };
    move_log(folder.path(), away);
    for (int start = 0; start < 2; ++start)
        EXPECT_NE(
            test::refusal_to_start(folder.files()).find("holds the keys of another log"),
            std::string::npos);
    EXPECT_EQ(slab(), kept);
    std::filesystem::remove(folder.files().database);
    move_log(away, folder.path());
    reopen();
    EXPECT_EQ(get("link/alice"), "secret of alice");
}

TEST_F(a_key_slot, is_not_erased_on_the_word_of_a_damaged_index)
{
    log->finish(); // all of it stands in the database
    log.reset();
    const std::filesystem::path file = folder.files().database;
    std::string octets = read_whole(file);
    // The entry of the index of cells for cell 1 in row 2: its length, that of its header, the
    // types "1" and "one octet", the row.
    const std::string entry{4, 3, 9, 1, 2};
    const std::size_t at = octets.find(entry);
    ASSERT_NE(at, std::string::npos);
    ASSERT_EQ(octets.find(entry, at + 1), std::string::npos);
    octets[at + 2] = 8; // of cell 0
    std::ofstream{file, std::ios::binary} << octets;
    const std::string kept = slab();
    EXPECT_NE(
        test::refusal_to_start(folder.files()).find("the table of key slots is damaged"),
        std::string::npos);
    EXPECT_EQ(slab(), kept);
}

TEST_F(a_key_slot, may_not_be_replaced_nor_stand_alone)
{
    append_request again = request_of({make_event("b")});
    again.slots = {{"c1", "link/alice", "another"}};
    EXPECT_EQ(append(again).refused->code, wire_error::conflict);
    again.slots = {{"unknown", "link/alice", "another"}};
    EXPECT_EQ(append(again).refused->code, wire_error::invalid);
    EXPECT_EQ(used_cells(), 2U);
}

TEST_F(a_key_slot, finds_a_cell_even_when_the_slab_is_full)
{
    for (int round = 0; round < 3; ++round) {
        append_request batch = request_of({make_event("round " + std::to_string(round))});
        batch.events[0].id = "round-" + std::to_string(round);
        for (int number = 0; number < 1000; ++number)
            batch.slots.push_back(
                {"c1", "gateway/" + std::to_string(round) + "." + std::to_string(number), "s"});
        ASSERT_FALSE(append(batch).refused);
    }
    EXPECT_EQ(slab().size(), 2 * key_slab::step);
    EXPECT_EQ(used_cells(), 3002U);
    EXPECT_EQ(get("gateway/2.999"), "s");
}

} // namespace
} // namespace bus
