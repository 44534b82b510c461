#include "service/sending_pace.hpp"

#include <algorithm>

namespace service {

namespace {

std::size_t octets_in(const pace_limit& limit)
{
    const double seconds = std::chrono::duration<double>(limit.progress).count();
    const double octets = static_cast<double>(limit.least_rate) * seconds;
    return std::max<std::size_t>(1, static_cast<std::size_t>(octets));
}

} // namespace

sending_pace::sending_pace(const pace_limit& limit)
    : progress_(limit.progress), left_(limit.progress), needed_(octets_in(limit))
{}

void sending_pace::took(std::size_t octets, duration time)
{
    left_ -= time;
    taken_ += octets;
    if (taken_ >= needed_) {
        taken_ = 0;
        left_ = progress_;
    }
}

} // namespace service
