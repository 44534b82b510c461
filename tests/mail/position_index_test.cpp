#include "mail/checksum.hpp"
#include "mail/position_index.hpp"
#include "mail/sip_hash.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

namespace mail {
namespace {

TEST(position_index, finds_what_was_added_and_lets_the_caller_compare)
{
    const std::vector<std::string> names{"a", "b", "a"};
    const sip_hash sum(1, 2);
    position_index index;
    for (std::uint32_t i = 0; i < names.size(); ++i)
        index.add(sum(names[i]), i);
    const auto is_a = [&](std::uint32_t at) { return names[at] == "a"; };
    EXPECT_EQ(index.find(sum("a"), is_a), 0U);
    EXPECT_EQ(index.find(sum("b"), is_a), std::nullopt) << "a sum alone is no proof";
    EXPECT_EQ(index.find(sum("c"), is_a), std::nullopt);
}

TEST(position_index, an_empty_one_finds_nothing)
{
    EXPECT_EQ(position_index{}.find(0, [](std::uint32_t) { return true; }), std::nullopt);
}

TEST(position_index, finds_everything_however_it_grows_and_whatever_collides)
{
    position_index index;
    constexpr std::uint32_t records = 5000;
    const auto sum = [](std::uint32_t at) { return std::uint64_t{at % 1000} * 4096; };
    for (std::uint32_t at = 0; at < records; ++at)
        index.add(sum(at), at);
    for (std::uint32_t at = 0; at < records; ++at)
        EXPECT_EQ(index.find(sum(at), [at](std::uint32_t found) { return found == at; }), at);
}

TEST(sip_hash, is_that_of_its_authors)
{
    std::string text(15, '\0');
    std::iota(text.begin(), text.end(), '\0');
    const sip_hash sum(0x0706050403020100, 0x0f0e0d0c0b0a0908);
    EXPECT_EQ(sum(text), 0xa129ca6149be45e5U);
    EXPECT_EQ(sum(""), 0x726fdb47dd0e0e31U);
}

TEST(checksum, is_sha256)
{
    checksum sum;
    sum.add("ab");
    sum.add("c");
    EXPECT_EQ(
        sum.hexadecimal(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    checksum same;
    same.add("abc");
    EXPECT_EQ(same.octets()[0], 0xBA);
}

} // namespace
} // namespace mail
