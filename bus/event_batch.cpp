#include "bus/event_batch.hpp"

#include "bus/chain.hpp"

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

bool event_batch::add_chained(const event_view& fact, const hash& own)
{
    const std::size_t before = octets_.size();
    encode_event(octets_, fact, own);
    const std::size_t fields = octets_.size() - before - own.size();
    if (chain_hash(last_, octets_.view().substr(before, fields)) != own) {
        octets_.cut(before);
        return false;
    }
    note_added(own);
    return true;
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
