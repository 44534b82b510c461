#pragma once

#include "bus/protocol.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bus {

/// Events on their way to one subscriber, encoded as the body of an `events` packet.
class event_batch {
public:
    static constexpr std::size_t most_octets = 256 * 1024; ///< but always room for one event

    /// `most` events, none before `from`; `before` is the hash of event `from` - 1.
    event_batch(std::uint64_t from, const hash& before, std::uint32_t most)
        : next_(from), last_(before), left_(most), checked_(before)
    {
        octets_.u32(0); // where the count will stand
    }

    std::uint64_t next() const { return next_; } ///< seq of the event to be added next
    const hash& last() const { return last_; }   ///< of event next() - 1
    std::uint32_t count() const { return count_; }
    std::size_t octets() const { return octets_.size(); }
    bool full() const { return left_ == 0 || octets_.size() >= most_octets; }
    void add(std::string_view encoded, const hash& own);
    void add(const stored_event& fact);
    /// Not yet known to be right: check() must come before take_body().
    void add_unchecked(const event_view& fact, const hash& own);
    /// False: of those that were added unchecked, the one that is next() now did not match its
    /// hash; it was dropped with all that came after it.
    bool check();
    /// Ends the batch.
    std::string take_body();

private:
    static constexpr std::size_t room_in_front = 128; ///< spare, for the head of a frame

    /// Where its fields stand.
    struct unchecked {
        std::size_t begin;
        std::size_t size;
        hash own;
    };

    void note_added(const hash& own);
    void expect_like(const event_view& fact);

    std::uint64_t next_;
    hash last_;
    std::uint32_t left_;
    hash checked_; ///< of the event before the first unchecked one
    std::vector<unchecked> unchecked_;
    std::uint32_t count_ = 0;
    octet_writer octets_;
};

} // namespace bus
