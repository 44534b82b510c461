#pragma once

#include "bus/event.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
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

/// An event's fields as protocol.hpp encodes them, and the hash that it is said to have.
struct chain_link {
    std::string_view fields;
    hash own{};
};

/// How many of these, from the first on, have the hash that they are said to have; the first comes
/// after the event with hash `prev`, each other one after the one before it.
std::size_t count_chained(const hash& prev, std::span<const chain_link> links);

/// Follows a chain: dense, untampered, time never going back.
class chain_cursor {
public:
    /// `last` is the hash of event `next` - 1, zeros for the first.
    chain_cursor(std::uint64_t next, const hash& last) : next_(next), last_(last) {}

    /// How many of these events, from the first on, are the next ones of this chain; it has gone on
    /// behind them. Each has its link at the same place.
    std::size_t accept(std::span<const event_view> arrived, std::span<const chain_link> links);

    std::uint64_t next() const { return next_; }
    const hash& last() const { return last_; }

private:
    std::uint64_t next_;
    hash last_;
    std::int64_t time_ = 0;
};

} // namespace bus
