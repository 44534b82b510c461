#pragma once

#include "bus/event_batch.hpp"
#include "bus/protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace bus {

/// Where one subscriber stands: what it was sent, what it has handled, and so how much more it may
/// be sent. What is on the way is bounded in events by the client's window and in octets by ours.
class subscription {
public:
    /// No more is sent while this much is on the way; one batch always may be.
    static constexpr std::size_t most_octets = 1024 * 1024;

    explicit subscription(const subscribe_request& wish);

    std::uint64_t next() const { return next_; } ///< seq of the event to be sent next
    const hash& last() const { return last_; }   ///< of the event before it
    /// How many events may be sent now.
    std::uint32_t room() const;
    void sent(const event_batch& batch, std::size_t octets);
    void credit(const credit_request& given);

    bool reading = false; ///< older events are being read from disk for it

private:
    struct on_the_way {
        std::uint64_t last;
        std::size_t octets;
    };

    std::uint64_t next_;
    hash last_;
    std::uint64_t handled_;
    std::uint32_t window_;
    std::size_t octets_ = 0;
    std::deque<on_the_way> batches_;
};

} // namespace bus
