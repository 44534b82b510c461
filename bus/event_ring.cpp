#include "bus/event_ring.hpp"

#include <utility>

namespace bus {

void event_ring::push(const stored_event& fact)
{
    octet_writer encoded;
    encode_event(encoded, fact);
    octets_ += encoded.size();
    kept_.push_back({fact.seq, fact.own, encoded.take()});
    while (octets_ > most_octets_ && kept_.size() > 1) {
        octets_ -= kept_.front().encoded.size();
        kept_.pop_front();
    }
}

std::optional<hash> event_ring::hash_of(std::uint64_t seq) const
{
    return holds(seq) ? std::optional{at(seq).own} : std::nullopt;
}

void event_ring::fill(event_batch& batch) const
{
    while (!batch.full() && holds(batch.next())) {
        const kept& fact = at(batch.next());
        batch.add(fact.encoded, fact.own);
    }
}

} // namespace bus
