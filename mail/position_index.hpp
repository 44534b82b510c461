#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mail {

/// Finds the position of a record by its name without keeping a copy of the name: about 40 octets a
/// record. The first 64 bits of the name's SHA-256 lead to few candidates, which the caller
/// compares, so nobody gains by choosing names that collide.
class position_index {
public:
    void add(std::string_view name, std::uint64_t position);

    /// The lowest position whose record `is` named so.
    template <class Is>
    std::optional<std::uint64_t> find(std::string_view name, Is is) const
    {
        std::optional<std::uint64_t> first;
        const auto [begin, end] = positions_.equal_range(fingerprint(name));
        for (auto it = begin; it != end; ++it) {
            if ((!first || it->second < *first) && is(it->second))
                first = it->second;
        }
        return first;
    }

    /// Every candidate, in ascending order; the caller still has to compare.
    std::vector<std::uint64_t> candidates(std::string_view name) const;

private:
    static std::uint64_t fingerprint(std::string_view name);

    std::unordered_multimap<std::uint64_t, std::uint64_t> positions_;
};

} // namespace mail
