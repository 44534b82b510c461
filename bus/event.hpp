#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What the bus carries. It knows nothing about mail: an event is an id, a type and a payload.
namespace bus {

using hash = std::array<std::uint8_t, 32>;

struct event {
    std::string id;      ///< unique in the log, at most 64 octets
    std::string type;    ///< decides which role may append it, at most 128 octets
    std::string payload; ///< at most 1 MiB
};

/// An event in its place. hash = SHA-256(prev, seq, time, id, type, payload); docs/bus-protocol.md.
struct stored_event : event {
    std::uint64_t seq = 0; ///< dense, from 1
    std::int64_t time = 0; ///< milliseconds since 1970, never going back
    bus::hash prev{};      ///< of the event before; zeros for the first
    bus::hash own{};
};

/// An event in its place, without its hashes. Whoever makes one says how long the octets live.
struct event_view {
    std::uint64_t seq = 0;
    std::int64_t time = 0;
    std::string_view id;
    std::string_view type;
    std::string_view payload;
};

/// Sealed octets under a name beside a content; wrapped by a slab cell on disk, erased for good.
struct key_slot {
    std::string content; ///< content id
    std::string
        name; ///< "link/ADDRESS", "gateway/ADDRESS"; the part before / decides who may read it
    std::string sealed; ///< at most 4 KiB
};

/// All or nothing, one commit: the slots, the mark that `contents` are named, then the events in
/// order.
struct append_batch {
    std::vector<event> events;
    std::vector<key_slot> slots;
    std::vector<std::string>
        contents; ///< content ids that these events name; must have been put whole
};

} // namespace bus
