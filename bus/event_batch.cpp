#include "bus/event_batch.hpp"

#include "bus/chain.hpp"

#include <algorithm>

namespace bus {

void event_batch::add(std::string_view encoded, const hash& own)
{
    octets_.raw(encoded);
    note_added(own);
}

void event_batch::add(const stored_event& fact)
{
    encode_event(octets_, fact);
    note_added(fact.own);
}

void event_batch::add_unchecked(const event_view& fact, const hash& own)
{
    if (count_ == 0)
        expect_like(fact);
    const std::size_t begin = octets_.size();
    encode_event(octets_, fact, own);
    unchecked_.push_back({begin, octets_.size() - begin - own.size(), own});
    note_added(own);
}

/// Room for a whole batch of such events, so that it is not moved again and again as it grows.
void event_batch::expect_like(const event_view& fact)
{
    constexpr std::size_t besides = 64; // integers, lengths, the hash
    const std::size_t octets = besides + fact.id.size() + fact.type.size() + fact.payload.size();
    octets_.expect(std::min(left_ * octets + left_ * octets / 8, most_octets) + room_in_front);
    unchecked_.reserve(left_);
}

bool event_batch::check()
{
    std::vector<chain_link> links;
    links.reserve(unchecked_.size());
    for (const unchecked& one : unchecked_)
        links.push_back({octets_.view().substr(one.begin, one.size), one.own});
    const std::size_t right = count_chained(checked_, links);
    const bool all = right == links.size();
    if (!all) {
        const auto wrong = static_cast<std::uint32_t>(links.size() - right);
        octets_.cut(unchecked_[right].begin);
        last_ = right == 0 ? checked_ : links[right - 1].own;
        next_ -= wrong;
        count_ -= wrong;
        left_ += wrong;
    }
    checked_ = last_;
    unchecked_.clear();
    return all;
}

void event_batch::note_added(const hash& own)
{
    last_ = own;
    ++next_;
    ++count_;
    --left_;
}

std::string event_batch::take_body()
{
    const std::string count = octet_writer{}.u32(count_).take();
    std::string body = octets_.take();
    body.replace(0, count.size(), count);
    if (body.capacity() > 2 * (body.size() + room_in_front))
        body.shrink_to_fit(); // it will wait to be sent, and counts with its size
    return body;
}

} // namespace bus
