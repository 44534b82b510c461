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

boost::system::error_code chain_cursor::accept(stored_event& arrived)
{
    return accept(
        arrived,
        chain_hash(last_, arrived.seq, arrived.time, arrived.id, arrived.type, arrived.payload));
}

boost::system::error_code chain_cursor::accept(stored_event& arrived, std::string_view fields)
{
    return accept(arrived, chain_hash(last_, fields));
}

boost::system::error_code chain_cursor::accept(stored_event& arrived, const hash& own)
{
    if (arrived.seq != next_ || arrived.time < time_ || own != arrived.own)
        return errc::different_log;
    arrived.prev = last_;
    last_ = own;
    time_ = arrived.time;
    ++next_;
    return {};
}

} // namespace bus
