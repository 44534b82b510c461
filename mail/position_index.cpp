#include "mail/position_index.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace mail {

void position_index::add(std::uint64_t sum, std::uint32_t position)
{
    reserve(used_ + 1);
    place({static_cast<std::uint32_t>(sum), position});
    ++used_;
}

void position_index::reserve(std::size_t records)
{
    if (records * 3 > slots_.size() * 2)
        resize(std::bit_ceil(std::max<std::size_t>(16, records * 3 / 2 + 1)));
}

void position_index::place(slot entry)
{
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = entry.bits & mask;
    while (slots_[at].position != vacant)
        at = (at + 1) & mask;
    slots_[at] = entry;
}

void position_index::resize(std::size_t slots)
{
    std::vector<slot> old(slots);
    std::swap(old, slots_);
    for (const slot& each : old) {
        if (each.position != vacant)
            place(each);
    }
}

} // namespace mail
