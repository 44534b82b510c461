#include "revocation/enforcement.hpp"

#include <algorithm>

namespace revocation {

void enforcement::received(const mail::event_id& attempt, boot_time now)
{
    received_[attempt] = now;
}

void enforcement::closed(const mail::event_id& attempt)
{
    received_.erase(attempt);
}

std::optional<boot_time> enforcement::ends_at(
    const std::vector<mail::event_id>& open, boot_time now)
{
    std::optional<boot_time> last;
    for (const mail::event_id& attempt : open) {
        const boot_time since = received_.try_emplace(attempt, now).first->second;
        const boot_time end = since + surely_over;
        if (end > now)
            last = std::max(last.value_or(end), end);
    }
    return last;
}

} // namespace revocation
