#include "bus/chain.hpp"

#include "bus/octets.hpp"
#include "bus/sha256.hpp"

namespace bus {

hash chain_hash(
    const hash& prev,
    std::uint64_t seq,
    std::int64_t time,
    std::string_view id,
    std::string_view type,
    std::string_view payload)
{
    thread_local sha256 digest;
    thread_local octet_writer head; // keeps its memory from event to event
    head.clear();
    head.raw({reinterpret_cast<const char*>(prev.data()), prev.size()}).u64(seq).i64(time);
    head.text(id).text(type).u32(static_cast<std::uint32_t>(payload.size()));
    digest.start();
    digest.add(head.view());
    digest.add(payload);
    return digest.finish();
}

hash chain_hash(const hash& prev, std::string_view fields)
{
    thread_local sha256 digest;
    digest.start();
    digest.add({reinterpret_cast<const char*>(prev.data()), prev.size()});
    digest.add(fields);
    return digest.finish();
}

std::size_t count_chained(const hash& prev, std::span<const chain_link> links)
{
    std::size_t right = 0;
    const hash* before = &prev;
    while (right < links.size() && chain_hash(*before, links[right].fields) == links[right].own)
        before = &links[right++].own;
    return right;
}

std::size_t chain_cursor::accept(
    std::span<const event_view> arrived, std::span<const chain_link> links)
{
    const std::size_t chained = count_chained(last_, links);
    std::size_t taken = 0;
    for (; taken < chained; ++taken) {
        if (arrived[taken].seq != next_ || arrived[taken].time < time_)
            break;
        last_ = links[taken].own;
        time_ = arrived[taken].time;
        ++next_;
    }
    return taken;
}

} // namespace bus
