#include "bus/disk_error.hpp"
#include "bus/key_slab.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bus {
namespace {

class a_slab : public testing::Test {
protected:
    static locked_cell cell_of(std::uint8_t octet)
    {
        locked_cell cell;
        std::ranges::fill(cell.octets(), octet);
        return cell;
    }

    test::temporary_folder folder;
    const std::filesystem::path file = folder.path() / "slab";
    key_slab slab{file, key_slab::access::write};
};

TEST_F(a_slab, begins_empty_and_grows_by_whole_steps_of_zeros)
{
    EXPECT_EQ(slab.cells(), 0U);
    slab.grow();
    EXPECT_EQ(slab.cells(), 2048U);
    EXPECT_EQ(test::read_whole(file), std::string(key_slab::step, '\0'));
    slab.grow();
    EXPECT_EQ(slab.cells(), 4096U);
}

TEST_F(a_slab, keeps_each_cell_in_its_place)
{
    slab.grow();
    slab.write(0, cell_of('a'));
    slab.write(2047, cell_of('z'));
    slab.sync();
    const key_slab other{file, key_slab::access::read};
    const locked_cell got;
    other.read(2047, got);
    EXPECT_EQ(got.octets()[31], 'z');
    other.read(1, got);
    EXPECT_TRUE(got.is_zero());
    const std::string octets = test::read_whole(file);
    EXPECT_EQ(octets.substr(0, 33), std::string(32, 'a') + std::string(1, '\0'));
}

TEST_F(a_slab, overwrites_an_erased_cell_in_place)
{
    slab.grow();
    slab.write(5, cell_of('k'));
    slab.write(6, cell_of('n'));
    slab.erase(5);
    slab.sync();
    const std::string octets = test::read_whole(file);
    EXPECT_EQ(octets.find('k'), std::string::npos);
    EXPECT_EQ(octets.find('n'), 6 * locked_cell::size);
    EXPECT_EQ(octets.size(), key_slab::step);
}

TEST_F(a_slab, does_not_count_a_step_that_a_crash_cut_short)
{
    slab.grow();
    std::filesystem::resize_file(file, key_slab::step + 100);
    EXPECT_EQ((key_slab{file, key_slab::access::read}.cells()), 2048U);
}

TEST_F(a_slab, has_no_cell_beyond_its_end)
{
    slab.grow();
    const locked_cell got;
    EXPECT_THROW(slab.read(2048, got), disk_error);
}

TEST_F(a_slab, is_its_owners_alone)
{
    const auto mode = std::filesystem::status(file).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(a_slab, is_not_made_by_who_only_reads)
{
    EXPECT_THROW((key_slab{folder.path() / "none", key_slab::access::read}), disk_error);
}

TEST(a_locked_cell, begins_with_zeros_and_can_be_cleared)
{
    const locked_cell cell;
    EXPECT_TRUE(cell.is_zero());
    cell.octets()[3] = 1;
    EXPECT_FALSE(cell.is_zero());
    cell.clear();
    EXPECT_TRUE(cell.is_zero());
}

} // namespace
} // namespace bus
