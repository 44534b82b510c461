#include "mail/position_index.hpp"

#include "mail/checksum.hpp"

#include <algorithm>

namespace mail {

void position_index::add(std::string_view name, std::uint64_t position)
{
    positions_.emplace(fingerprint(name), position);
}

std::vector<std::uint64_t> position_index::candidates(std::string_view name) const
{
    std::vector<std::uint64_t> found;
    const auto [begin, end] = positions_.equal_range(fingerprint(name));
    for (auto it = begin; it != end; ++it)
        found.push_back(it->second);
    std::sort(found.begin(), found.end());
    return found;
}

std::uint64_t position_index::fingerprint(std::string_view name)
{
    checksum sum;
    sum.add(name);
    std::uint64_t result = 0;
    const auto octets = sum.octets();
    for (std::size_t i = 0; i < sizeof result; ++i)
        result = result << 8 | octets[i];
    return result;
}

} // namespace mail
