#pragma once

#include "bus/protocol.hpp"
#include "bus/seldom_told.hpp"

#include <string>

namespace service {
class log;
}

namespace bus {

/// Tells in the log that the disk could not be read, or holds what was not written. Peers read as
/// often as they like, so each of the two has few lines: the last reason, and how many reads failed
/// since the line before.
class failed_reads {
public:
    using time_point = seldom_told::time_point;

    explicit failed_reads(service::log& log) : log_(log) {}

    /// Told at once, or when it is time.
    void note(const refusal& why, time_point now);
    /// To be called now and then.
    void tell_due(time_point now);

private:
    struct kind {
        const char* event;
        seldom_told reads{};
        std::string last_reason{};
    };

    void tell_due(kind& of, time_point now);

    service::log& log_;
    kind unreadable_{"bus.read_failed"};
    kind damaged_{"bus.log_damaged"};
};

} // namespace bus
