#pragma once

#include "bus/event_batch.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace bus {

/// The newest events, encoded, in memory: what live subscribers are fed from. Bounded in octets.
class event_ring {
public:
    explicit event_ring(std::size_t most_octets) : most_octets_(most_octets) {}

    void push(const stored_event& fact);
    bool holds(std::uint64_t seq) const
    {
        return !kept_.empty() && seq >= kept_.front().seq && seq <= kept_.back().seq;
    }
    std::optional<hash> hash_of(std::uint64_t seq) const;
    /// Adds what fits, while the batch's next event is here.
    void fill(event_batch& batch) const;

private:
    struct kept {
        std::uint64_t seq;
        hash own;
        std::string encoded;
    };
    const kept& at(std::uint64_t seq) const { return kept_[seq - kept_.front().seq]; }

    std::size_t most_octets_;
    std::size_t octets_ = 0;
    std::deque<kept> kept_;
};

} // namespace bus
