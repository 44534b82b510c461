#include "bus/sha256.hpp"
#include "bus/sha256_lanes.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace bus {
namespace {

/// Inputs of these sizes, each of other octets.
class inputs_to_hash {
public:
    explicit inputs_to_hash(const std::vector<std::size_t>& sizes) : before_(sizes.size())
    {
        std::mt19937 dice{1};
        for (hash& before : before_)
            for (std::uint8_t& octet : before)
                octet = static_cast<std::uint8_t>(dice());
        for (const std::size_t size : sizes)
            for (std::string& octets = octets_.emplace_back(); octets.size() < size;)
                octets += static_cast<char>(dice());
    }

    std::vector<hash_input> inputs() const
    {
        std::vector<hash_input> all;
        for (std::size_t at = 0; at < before_.size(); ++at)
            all.push_back({&before_[at], octets_[at]});
        return all;
    }
    std::vector<hash> expected() const
    {
        std::vector<hash> all;
        for (const hash_input& input : inputs())
            all.push_back(sha256_of(std::string{octets_of(*input.before)}.append(input.octets)));
        return all;
    }

private:
    std::vector<hash> before_;
    std::vector<std::string> octets_;
};

std::vector<hash> hashes(const inputs_to_hash& of)
{
    const std::vector<hash_input> inputs = of.inputs();
    std::vector<hash> found(inputs.size());
    sha256_of_each(inputs, found);
    std::vector<hash> one_by_one(inputs.size());
    sha256_one_by_one(inputs, one_by_one);
    EXPECT_EQ(found, one_by_one);
    return found;
}

TEST(hashes_in_lanes, are_those_of_openssl_at_every_size)
{
    for (std::size_t size = 0; size < 300; ++size) {
        const inputs_to_hash both{{size, 299 - size}};
        EXPECT_EQ(hashes(both), both.expected()) << size;
    }
}

TEST(hashes_in_lanes, are_right_however_many_there_are)
{
    std::mt19937 dice{2};
    for (std::size_t count = 0; count < 40; ++count) {
        std::vector<std::size_t> sizes;
        while (sizes.size() < count)
            sizes.push_back(dice() % (count % 2 == 0 ? 100 : 5000));
        const inputs_to_hash all{sizes};
        EXPECT_EQ(hashes(all), all.expected()) << count;
    }
}

TEST(hashes_in_lanes, are_right_of_long_octets)
{
    const inputs_to_hash all{{1024 * 1024, 1, 1024 * 1024 + 63}};
    EXPECT_EQ(hashes(all), all.expected());
}

} // namespace
} // namespace bus
