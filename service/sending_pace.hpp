#pragma once

#include <chrono>
#include <cstddef>

namespace service {

/// How fast a peer has to take what it asked for.
struct pace_limit {
    /// For one step of the sending; and what the rate is averaged over.
    std::chrono::milliseconds progress;
    std::size_t least_rate = 0; ///< octets a second; 0: any progress will do
};

/// Whether a peer takes octets fast enough: as many as the least rate makes in one `progress` have
/// to be taken within that time, and then as many again. So the first `progress` is free, and later
/// a peer that keeps the rate is never cut off. Only the time spent on sending counts. Pure: times
/// come in.
class sending_pace {
public:
    using duration = std::chrono::steady_clock::duration;

    explicit sending_pace(const pace_limit& limit);

    /// For what is sent next.
    std::chrono::milliseconds left() const
    {
        return std::chrono::ceil<std::chrono::milliseconds>(left_);
    }
    bool too_slow() const { return left_ <= duration::zero(); }
    /// So many octets were taken in so much time.
    void took(std::size_t octets, duration time);

private:
    duration progress_;
    duration left_;
    std::size_t needed_;
    std::size_t taken_ = 0;
};

} // namespace service
