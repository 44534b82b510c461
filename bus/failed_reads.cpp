#include "bus/failed_reads.hpp"

#include "service/log.hpp"

namespace bus {

void failed_reads::note(const refusal& why, time_point now)
{
    kind& of = why.code == wire_error::damaged ? damaged_ : unreadable_;
    of.reads.note();
    of.last_reason = why.text;
    tell_due(of, now);
}

void failed_reads::tell_due(time_point now)
{
    tell_due(unreadable_, now);
    tell_due(damaged_, now);
}

void failed_reads::tell_due(kind& of, time_point now)
{
    if (const std::size_t reads = of.reads.take_due(now))
        log_.error(of.event, {{"reason", of.last_reason}, {"reads", reads}});
}

} // namespace bus
