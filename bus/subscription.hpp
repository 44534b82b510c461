#pragma once

#include "bus/event_batch.hpp"
#include "bus/octets_on_the_way.hpp"
#include "bus/protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

namespace bus {

/// Where the reading of older events stands for one subscriber. Belongs to the reader's thread
/// while orders are out.
struct log_cursor {
    std::uint64_t next = 1; ///< seq of the event to be read next
    hash last{};            ///< of the event before it
};

/// Where one subscriber stands: what it was sent, what it has handled, and so how much more it may
/// be sent. What is on the way is bounded in events by the client's window and in octets by ours
/// and by what is on the way to others.
class subscription {
public:
    /// No more is sent while this much is on the way; one batch always may be.
    static constexpr std::size_t most_octets = 1024 * 1024;

    /// `to_all` outlives it.
    subscription(const subscribe_request& wish, octets_on_the_way& to_all);

    std::uint64_t next() const { return next_; } ///< seq of the event to be sent next
    const hash& last() const { return last_; }   ///< of the event before it
    /// How many events may be sent now.
    std::uint32_t room() const;
    void sent(const event_batch& batch, std::size_t octets);
    void credit(const credit_request& given);

    // Older events are read from disk by orders that follow one another, a few of them out at a
    // time, so that the disk is read while what was read before is sent.

    /// Of the orders that are out; null: none is.
    const std::shared_ptr<log_cursor>& cursor() const { return cursor_; }
    /// Seq of the event that the next order begins with.
    std::uint64_t next_to_order() const { return next_ + ordered_; }
    /// How many events may be ordered now from a log that ends with event `head`.
    std::uint32_t room_to_order(std::uint64_t head) const;
    void ordered(std::uint32_t events);
    /// The oldest order, for so many events, brought what there was; before sent(). False: it is
    /// more than was expected, and there is no room for it.
    bool order_came(std::uint32_t events, std::size_t octets);
    /// What is still out is not for this subscriber any more.
    void forget_orders();

private:
    static constexpr unsigned most_orders = 3;

    std::size_t most_now() const;

    struct on_the_way {
        std::uint64_t last;
        std::size_t octets;
    };

    std::uint64_t next_;
    hash last_;
    std::uint64_t handled_;
    std::uint32_t window_;
    octets_on_the_way::part octets_; ///< with what is ordered
    std::deque<on_the_way> batches_;
    std::shared_ptr<log_cursor> cursor_;
    std::size_t usual_octets_ = event_batch::most_octets; ///< of an order: as the last one had
    std::deque<std::size_t> orders_;                      ///< octets that each is expected to bring
    std::uint32_t ordered_ = 0;                           ///< events
};

} // namespace bus
