#include "bus/memory_bounds.hpp"

namespace bus {
namespace {

constexpr std::size_t mebioctet = 1024UL * 1024;

} // namespace

memory_bounds bounds_of_memory()
{
    return {
        .writing = 2 * mebioctet,
        .recent_events = 2 * mebioctet,
        .subscribed = 2 * mebioctet,
        .large_requests = 5 * mebioctet,
        .answers = 1 * mebioctet,
        .read = 6 * mebioctet,
    };
}

} // namespace bus
