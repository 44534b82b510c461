#include "bus/event_batch.hpp"

namespace bus {

void event_batch::add(std::string_view encoded)
{
    octets_.append(encoded);
    ++next_;
    ++count_;
    --left_;
}

void event_batch::add(const stored_event& fact)
{
    octet_writer encoded;
    encode_event(encoded, fact);
    add(encoded.take());
}

std::string event_batch::body() const
{
    return octet_writer{}.u32(count_).raw(octets_).take();
}

} // namespace bus
