#include "bus/event_batch.hpp"

namespace bus {

void event_batch::add(std::string_view encoded, const hash& own)
{
    octets_.raw(encoded);
    note_added(own);
}

void event_batch::add(const stored_event& fact)
{
    encode_event(octets_, fact);
    note_added(fact.own);
}

void event_batch::note_added(const hash& own)
{
    last_ = own;
    ++next_;
    ++count_;
    --left_;
}

std::string event_batch::take_body()
{
    const std::string count = octet_writer{}.u32(count_).take();
    std::string body = octets_.take();
    body.replace(0, count.size(), count);
    return body;
}

} // namespace bus
