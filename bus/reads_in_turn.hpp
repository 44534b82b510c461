#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace bus {

/// Reads whose answers take room in memory: those of a peer in the order of its asking, the peers
/// in turn, and no more under way than a bound. A peer that does not take its answers costs what is
/// under way for it; what it asked besides waits as a few octets each. All on one thread.
class reads_in_turn {
public:
    /// Of memory, for one answer. Whoever lets go of it last, on whatever thread, says that the
    /// answer has left or never will.
    using share = std::shared_ptr<const void>;
    using read = std::function<void(share)>;

    /// `most_octets` under way, of all peers. One peer gets at most as much as is left for others,
    /// so that a new one always finds some; one answer each peer always may have.
    reads_in_turn(boost::asio::any_io_executor executor, std::size_t most_octets);

    /// Calls `begin`, at once or later. False: too many of this peer, or of all, wait, and it never
    /// is.
    [[nodiscard]] bool ask(const std::string& peer, std::size_t octets, read begin);
    /// Drops what waits for it.
    void forget(const std::string& peer);
    std::size_t octets_under_way() const { return octets_; }

private:
    struct order {
        std::size_t octets;
        read begin;
    };
    struct of_peer {
        std::deque<order> waiting;
        std::size_t octets = 0; ///< under way
    };

    void begin_what_may();
    bool may_begin(const of_peer& peer) const;
    void begin_next(const std::string& name, of_peer& peer);
    share take_share(const std::string& name, of_peer& peer, std::size_t octets);
    void give_back(const std::string& name, std::size_t octets);

    boost::asio::any_io_executor executor_;
    std::size_t most_octets_;
    std::size_t octets_ = 0;  ///< under way, of all peers
    std::size_t waiting_ = 0; ///< of all peers
    std::map<std::string, of_peer> peers_;
    std::deque<std::string> turns_; ///< who has something waiting
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

} // namespace bus
