#include "bus/snapshot.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <sys/stat.h>

namespace bus {
namespace {

class a_snapshot : public testing::Test {
protected:
    void write(std::string first, std::string second)
    {
        const auto part = [](std::string name, std::string octets) {
            return snapshot_part{std::move(name), [octets](const auto& to) { to(octets); }};
        };
        const std::vector<snapshot_part> parts{
            part("one", std::move(first)), part("two", std::move(second))};
        write_snapshot(file, "portal-2", place, parts);
    }
    void overwrite(const std::string& octets) { std::ofstream{file, std::ios::binary} << octets; }

    test::temporary_folder folder;
    std::filesystem::path file = folder.path() / "portal-2.snapshot";
    log_place place{77, {1}, {2}};
};

TEST_F(a_snapshot, gives_back_what_was_written)
{
    write("first", "");
    const snapshot found(file, "portal-2");
    EXPECT_EQ(found.place().seq, 77U);
    EXPECT_EQ(found.place().prev, place.prev);
    EXPECT_EQ(found.place().own, place.own);
    EXPECT_EQ(found.part("one"), "first");
    EXPECT_EQ(found.part("two"), "");
    EXPECT_THROW(found.part("three"), damaged_snapshot);
}

TEST_F(a_snapshot, is_for_its_owner_alone_and_replaces_the_one_before)
{
    write("old", "old");
    write("new", "new");
    struct stat about {};
    ASSERT_EQ(::stat(file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
    EXPECT_EQ(snapshot(file, "portal-2").part("one"), "new");
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".new"));
}

TEST_F(a_snapshot, of_another_process_is_refused)
{
    write("first", "second");
    EXPECT_THROW(snapshot(file, "portal"), damaged_snapshot);
}

TEST_F(a_snapshot, of_another_version_is_refused)
{
    write("first", "second");
    std::string octets = test::read_whole(file);
    octets[octets.find('1')] = '2';
    overwrite(octets);
    EXPECT_THROW(snapshot(file, "portal-2"), damaged_snapshot);
}

TEST_F(a_snapshot, in_which_any_bit_is_flipped_is_refused)
{
    write("first part", "second part");
    const std::string octets = test::read_whole(file);
    for (std::size_t bit = 0; bit < 8 * octets.size(); bit += 5) {
        std::string damaged = octets;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
        overwrite(damaged);
        EXPECT_THROW(snapshot(file, "portal-2"), damaged_snapshot) << bit;
    }
    overwrite(octets);
    EXPECT_NO_THROW(snapshot(file, "portal-2"));
}

TEST_F(a_snapshot, that_is_cut_off_or_goes_on_is_refused)
{
    write("first part", "second part");
    const std::string octets = test::read_whole(file);
    for (std::size_t size = 0; size < octets.size(); ++size) {
        overwrite(octets.substr(0, size));
        EXPECT_THROW(snapshot(file, "portal-2"), damaged_snapshot) << size;
    }
    overwrite(octets + octets);
    EXPECT_THROW(snapshot(file, "portal-2"), damaged_snapshot);
}

TEST_F(a_snapshot, that_cannot_be_written_leaves_the_one_before)
{
    write("old", "old");
    const std::vector<snapshot_part> failing{
        {"one", [](const auto&) { throw std::runtime_error("cannot"); }}};
    EXPECT_THROW(write_snapshot(file, "portal-2", place, failing), std::runtime_error);
    EXPECT_EQ(snapshot(file, "portal-2").part("one"), "old");
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".new"));
}

} // namespace
} // namespace bus
