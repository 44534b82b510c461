#pragma once

#include <chrono>
#include <cstddef>

namespace bus {

/// When a subscriber to which events come tells the broker how far it is. Each time costs a packet,
/// which four threads handle, and the broker sends on for long before it must be told; but who is
/// silent is forgotten.
class credit_due {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Far less than the broker has on the way; and its events, of 60 octets and more, fewer than
    /// the window.
    static constexpr std::size_t most_octets = 128 * 1024;
    static constexpr std::chrono::seconds longest{1};

    explicit credit_due(time_point now) : told_(now) {}

    /// A packet of so many octets was handled. True: tell it now.
    bool after(std::size_t octets, time_point now)
    {
        octets_ += octets;
        if (octets_ < most_octets && now < told_ + longest)
            return false;
        octets_ = 0;
        told_ = now;
        return true;
    }

private:
    std::size_t octets_ = 0;
    time_point told_;
};

} // namespace bus
