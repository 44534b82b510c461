#include "mail/checksum.hpp"
#include "mail/position_index.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mail {
namespace {

TEST(position_index, finds_what_was_added_and_lets_the_caller_compare)
{
    const std::vector<std::string> names{"a", "b", "a"};
    position_index index;
    for (std::size_t i = 0; i < names.size(); ++i)
        index.add(names[i], i);
    const auto is_a = [&](std::uint64_t at) { return names[at] == "a"; };
    EXPECT_EQ(index.find("a", is_a), 0U);
    EXPECT_EQ(index.find("b", is_a), std::nullopt) << "a fingerprint alone is no proof";
    EXPECT_EQ(index.find("c", is_a), std::nullopt);
    EXPECT_EQ(index.candidates("a"), (std::vector<std::uint64_t>{0, 2}));
    EXPECT_TRUE(index.candidates("c").empty());
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
