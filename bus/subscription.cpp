#include "bus/subscription.hpp"

#include <algorithm>
#include <utility>

namespace bus {

subscription::subscription(const subscribe_request& wish, octets_on_the_way& to_all)
    : next_(wish.from),
      last_(wish.known),
      handled_(wish.from - 1),
      window_(std::min(wish.window, limit::window)),
      octets_(to_all)
{}

/// Octets. One batch always may be on the way: those who take nothing keep nobody from being live.
std::size_t subscription::most_now() const
{
    return std::clamp(octets_.most(), event_batch::most_octets, most_octets);
}

std::uint32_t subscription::room() const
{
    const std::uint64_t out = next_ - 1 - handled_;
    if (out >= window_ || octets_.octets() >= most_now())
        return 0;
    return std::min(static_cast<std::uint32_t>(window_ - out), limit::events);
}

std::uint32_t subscription::room_to_order(std::uint64_t head) const
{
    const std::uint64_t out = next_to_order() - 1 - handled_;
    const bool much_on_the_way = octets_.octets() >= most_now();
    if (orders_.size() >= most_orders || next_to_order() > head || out >= window_ ||
        much_on_the_way)
        return 0;
    const std::uint64_t room = std::min(window_ - out, head + 1 - next_to_order());
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(room, limit::events));
}

void subscription::ordered(std::uint32_t events)
{
    if (!cursor_)
        cursor_ = std::make_shared<log_cursor>(log_cursor{next_, last_});
    octets_.add(usual_octets_);
    orders_.push_back(usual_octets_);
    ordered_ += events;
}

bool subscription::order_came(std::uint32_t events, std::size_t octets)
{
    const std::size_t expected = orders_.front();
    octets_.take_off(expected);
    orders_.pop_front();
    ordered_ -= events;
    if (orders_.empty())
        cursor_.reset();
    return octets <= expected || room() > 0;
}

void subscription::forget_orders()
{
    for (const std::size_t expected : std::exchange(orders_, {}))
        octets_.take_off(expected);
    cursor_.reset();
    ordered_ = 0;
}

void subscription::sent(const event_batch& batch, std::size_t octets)
{
    next_ = batch.next();
    last_ = batch.last();
    octets_.add(octets);
    usual_octets_ = octets;
    batches_.push_back({next_ - 1, octets});
}

void subscription::credit(const credit_request& given)
{
    // What was not sent cannot have been handled, and what was handled stays so.
    handled_ = std::clamp(given.handled, handled_, next_ - 1);
    window_ = std::min(given.window, limit::window);
    while (!batches_.empty() && batches_.front().last <= handled_) {
        octets_.take_off(batches_.front().octets);
        batches_.pop_front();
    }
}

} // namespace bus
