#pragma once

#include "service/connection.hpp"

#include <chrono>

namespace portal {

/// How long the octets of one disclosure may go to the kernel (DESIGN §2): until G after the append
/// that was granted had been *sent*, by CLOCK_BOOTTIME. A granted renewal moves the end; nothing
/// else does. Pure: the time comes in, so that a test and the simulator turn their own clock.
class grant {
public:
    using time_point = service::boot_clock::time_point;
    static constexpr std::chrono::milliseconds length{
        2000}; ///< G; the revocation service waits 1.01 of it

    /// `sent`: read before the append of access.attempted was handed to the bus.
    explicit grant(time_point sent) : sent_(sent) {}

    /// No octet is handed over at or after this.
    time_point ends() const { return sent_ + length; }
    bool holds_at(time_point now) const { return !ended_ && now < ends(); }
    /// Half of the grant is gone: append access.renewed before the next octet.
    bool renewal_due(time_point now) const { return now >= sent_ + length / 2; }

    /// A renewal was granted whose append was sent at `sent`. One that was sent earlier than what
    /// holds moves nothing, and an ended grant stays ended.
    void renewed(time_point sent);
    /// For good: a renewal was refused or could not be confirmed.
    void end() { ended_ = true; }

private:
    time_point sent_;
    bool ended_ = false;
};

} // namespace portal
