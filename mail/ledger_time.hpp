#pragma once

#include "mail/events.hpp"

#include <limits>

/// Arithmetic on bus time that no event can make overflow.
namespace mail {

/// `time` plus `seconds`, at most the end of time. REQUIRES: seconds is not negative.
constexpr bus_time after_seconds(bus_time time, std::int64_t seconds)
{
    constexpr bus_time end = std::numeric_limits<bus_time>::max();
    if (seconds > end / 1000 || (time > 0 && seconds * 1000 > end - time))
        return end;
    return time + seconds * 1000;
}

/// Whether `then` lies more than `milliseconds` before `now`.
constexpr bool older_than(bus_time then, bus_time milliseconds, bus_time now)
{
    return now > then && static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(then) >
                             static_cast<std::uint64_t>(milliseconds);
}

} // namespace mail
