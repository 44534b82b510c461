#pragma once

#include <cstddef>

namespace bus {

/// How much of what others send, or do not read, the broker keeps in memory, all of them together
/// where nothing else is said. What is beyond waits in the sender, or on the disk. Octets.
struct memory_bounds {
    std::size_t writing; ///< queued for the writer or being written; one request always may be
    std::size_t recent_events;
    std::size_t subscribed; ///< events sent and not handled yet; one packet of each always may be
    std::size_t large_requests; ///< granted, or being written
    std::size_t answers;        ///< of one connection, that it does not take; then they are dropped
    std::size_t read; ///< contents and slots, read and not yet sent; one of each peer always may be
};

/// A control of tests/durability/bounded_memory_test.py has others.
memory_bounds bounds_of_memory();

} // namespace bus
