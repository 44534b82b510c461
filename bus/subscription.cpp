#include "bus/subscription.hpp"

#include <algorithm>

namespace bus {

subscription::subscription(const subscribe_request& wish)
    : next_(wish.from),
      last_(wish.known),
      handled_(wish.from - 1),
      window_(std::min(wish.window, limit::window))
{}

std::uint32_t subscription::room() const
{
    const std::uint64_t out = next_ - 1 - handled_;
    if (out >= window_ || octets_ >= most_octets)
        return 0;
    return std::min(static_cast<std::uint32_t>(window_ - out), limit::events);
}

void subscription::sent(const event_batch& batch, std::size_t octets)
{
    next_ = batch.next();
    last_ = batch.last();
    octets_ += octets;
    batches_.push_back({next_ - 1, octets});
}

void subscription::credit(const credit_request& given)
{
    // What was not sent cannot have been handled, and what was handled stays so.
    handled_ = std::clamp(given.handled, handled_, next_ - 1);
    window_ = std::min(given.window, limit::window);
    while (!batches_.empty() && batches_.front().last <= handled_) {
        octets_ -= batches_.front().octets;
        batches_.pop_front();
    }
}

} // namespace bus
