#pragma once

#include "bus/errc.hpp"
#include "bus/event.hpp"

#include <cstdint>
#include <string_view>

/// The hash chain that makes damage and removal visible.
namespace bus {

/// SHA-256(prev, seq, time, then id, type and payload each with its length in front), integers
/// big-endian: docs/bus-protocol.md.
hash chain_hash(
    const hash& prev,
    std::uint64_t seq,
    std::int64_t time,
    std::string_view id,
    std::string_view type,
    std::string_view payload);
/// The same of fields as protocol.hpp encodes them.
hash chain_hash(const hash& prev, std::string_view fields);

/// Follows a chain event by event: dense, untampered, time never going back.
class chain_cursor {
public:
    /// `last` is the hash of event `next` - 1, zeros for the first.
    chain_cursor(std::uint64_t next, const hash& last) : next_(next), last_(last) {}

    /// Sets `prev` of the event. errc::different_log when it is not the next one of this chain; the
    /// cursor stays where it was.
    boost::system::error_code accept(stored_event& arrived);
    /// The same where its encoded fields are at hand.
    boost::system::error_code accept(stored_event& arrived, std::string_view fields);

    std::uint64_t next() const { return next_; }
    const hash& last() const { return last_; }

private:
    boost::system::error_code accept(stored_event& arrived, const hash& own);

    std::uint64_t next_;
    hash last_;
    std::int64_t time_ = 0;
};

} // namespace bus
