#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace bus {

/// How many octets of contents each peer may have on its way to the broker, unanswered: one that
/// puts alone keeps the disk at work, and many together do not fill the broker's memory. Peers are
/// named by their routing id. One thread.
class put_shares {
public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::uint32_t for_all = 4 * 1024 * 1024; ///< octets
    /// Who put nothing for so long takes no part.
    static constexpr std::chrono::milliseconds memory{1000};

    /// That of a peer that puts now.
    std::uint32_t share(const std::string& peer, time_point now);

private:
    std::map<std::string, time_point> putting_;
    time_point swept_{};
};

} // namespace bus
