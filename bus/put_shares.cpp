#include "bus/put_shares.hpp"

namespace bus {

std::uint32_t put_shares::share(const std::string& peer, time_point now)
{
    putting_[peer] = now;
    if (now - swept_ >= memory / 10) {
        swept_ = now;
        std::erase_if(putting_, [&](const auto& known) { return now - known.second > memory; });
    }
    return for_all / static_cast<std::uint32_t>(putting_.size());
}

} // namespace bus
