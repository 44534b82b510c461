#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

namespace bus {

/// What a peer can cause as fast as it likes has a line in the log every ten seconds at most, which
/// says how often it happened. Pure: times come in.
class seldom_told {
public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds between_lines{10};

    void note() { ++untold_; }
    /// How often it happened since the last line, if it is time for the next one; else 0. To be
    /// asked now and then, so that the last ones are told of, too.
    std::size_t take_due(time_point now)
    {
        if (untold_ == 0 || now < next_line_)
            return 0;
        next_line_ = now + between_lines;
        return std::exchange(untold_, 0);
    }

private:
    std::size_t untold_ = 0; ///< since the last line
    time_point next_line_{};
};

} // namespace bus
