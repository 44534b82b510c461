#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>

namespace bus {

/// Requests too large to be taken from everybody at once: who has one asks for room, and sends it
/// when it is told that there is. In the order of asking, one of a peer at a time. Decides only.
class large_requests {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Room that nobody came to take is free again, and what else its peer asked for stands behind
    /// all others. Longer than a request takes to arrive.
    static constexpr std::chrono::seconds kept_for{5};

    /// `most_octets`: on their way here and waiting to be written.
    explicit large_requests(std::size_t most_octets) : most_octets_(most_octets) {}

    /// False: too many of this peer wait, or it is larger than any may be.
    [[nodiscard]] bool ask(
        const std::string& peer, std::size_t octets, std::function<void()> granted);
    /// A request of this size came; what room was kept for it counts as `writing` from now on.
    void came(const std::string& peer, std::size_t octets);
    /// Tells those whose turn it is. `writing`: octets of what came and is not written yet.
    void grant(std::size_t writing, time_point now);
    void forget(const std::string& peer);

private:
    struct asker {
        std::string peer;
        std::size_t octets;
        std::function<void()> granted;
    };
    struct room {
        std::size_t octets;
        time_point since;
    };

    void give_up_old(time_point now);

    std::size_t most_octets_;
    std::size_t kept_octets_ = 0;
    std::map<std::string, room> kept_;
    std::deque<asker> waiting_;
    std::map<std::string, std::size_t> waiting_of_; ///< how many
};

} // namespace bus
