#pragma once

#include "mail/identifier.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <vector>

namespace revocation {

/// Time since boot (CLOCK_BOOTTIME): the only clock that grants are measured by.
using boot_time = std::chrono::nanoseconds;

/// Knows when grants that the log gave have surely ended, by the moments at which this process
/// received them. A portal hands out bytes for 2 s from when it sent its append, which was before
/// anybody could receive the event; the hundredth on top is for clocks that run at different
/// speeds. Wall clocks and bus times have no say.
class enforcement {
public:
    static constexpr std::chrono::milliseconds grant{2000};
    static constexpr std::chrono::nanoseconds surely_over = grant + grant / 100;

    /// A granted attempt, or a granted renewal of it, was received: its 2 s begin anew.
    void received(const mail::event_id& attempt, boot_time now);
    void closed(const mail::event_id& attempt);

    /// When the last of these open grants has surely ended; nullopt: all have, at `now`. One whose
    /// receipt is unknown counts as received now.
    std::optional<boot_time> ends_at(const std::vector<mail::event_id>& open, boot_time now);

private:
    std::map<mail::event_id, boot_time> received_; ///< of attempts without a close
};

} // namespace revocation
