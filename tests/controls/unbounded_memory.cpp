#include "bus/memory_bounds.hpp"

/// Bounds that bound little: linked into a broker before the real ones, they must be caught by
/// tests/durability/bounded_memory_test.py. Never part of a product build.
namespace bus {

memory_bounds bounds_of_memory()
{
    constexpr std::size_t much = 1024UL * 1024 * 1024;
    return {
        .writing = much,
        .recent_events = 16UL * 1024 * 1024,
        .subscribed = much,
        .large_requests = much,
        .answers = much,
        .read = much,
    };
}

} // namespace bus
