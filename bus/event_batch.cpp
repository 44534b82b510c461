#include "bus/event_batch.hpp"

namespace bus {

void event_batch::add(std::string_view encoded, const hash& own)
{
    octets_.append(encoded);
    last_ = own;
    ++next_;
    ++count_;
    --left_;
}

void event_batch::add(const stored_event& fact)
{
    octet_writer encoded;
    encode_event(encoded, fact);
    add(encoded.take(), fact.own);
}

std::string event_batch::body() const
{
    return octet_writer{}.u32(count_).raw(octets_).take();
}

} // namespace bus
