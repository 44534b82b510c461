#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace mail {

/// Finds the position of a record by its name without keeping a copy of the name: about 16 octets a
/// record. A sum of the name leads to few candidates, which the caller compares. The caller makes
/// the sums with a key that strangers do not know, so nobody gains by choosing names that collide.
class position_index {
public:
    /// A name that many records share makes each of them as slow to add as there are of them.
    void add(std::uint64_t sum, std::uint32_t position);
    /// Makes room for that many records.
    void reserve(std::size_t records);

    /// The lowest position whose record `is` named so.
    template <class Is>
    std::optional<std::uint32_t> find(std::uint64_t sum, Is is) const
    {
        std::optional<std::uint32_t> first;
        for_each(sum, [&](std::uint32_t position) {
            if ((!first || position < *first) && is(position))
                first = position;
        });
        return first;
    }

private:
    static constexpr std::uint32_t vacant = UINT32_MAX;

    /// An open hash table with linear probing, never fuller than two thirds.
    struct slot {
        std::uint32_t bits = 0;
        std::uint32_t position = vacant;
    };

    template <class Visit>
    void for_each(std::uint64_t sum, Visit visit) const
    {
        if (slots_.empty())
            return;
        const auto bits = static_cast<std::uint32_t>(sum);
        const std::size_t mask = slots_.size() - 1;
        for (std::size_t at = bits & mask; slots_[at].position != vacant; at = (at + 1) & mask) {
            if (slots_[at].bits == bits)
                visit(slots_[at].position);
        }
    }
    void place(slot entry);
    void resize(std::size_t slots);

    std::vector<slot> slots_; ///< a power of two
    std::size_t used_ = 0;
};

} // namespace mail
