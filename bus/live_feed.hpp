#pragma once

#include "bus/event_ring.hpp"
#include "bus/reader.hpp"
#include "bus/subscription.hpp"
#include "bus/zmq_socket.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace bus {

/// Brings every subscriber what it may be sent: from memory while it keeps up, from disk while it
/// does not. A slow subscriber costs its window and nothing else. All on one thread.
class live_feed {
public:
    /// Peer (routing id) and the request that subscribed.
    using key = std::pair<std::string, std::uint64_t>;
    using sender = std::function<send_result(const key&, std::string_view verb, std::string body)>;

    live_feed(reader& disk, sender send, std::uint64_t head);

    void remember(const stored_event& fact);
    /// Checks that the peer has room for one more and that the log holds what the subscriber knows,
    /// answers, and begins to feed it.
    void subscribe(
        const key& who,
        const subscribe_request& wish,
        std::function<void(std::optional<refusal>)> answer);
    /// Of an unknown subscription: says `end`, so that the client subscribes anew.
    void credit(const key& who, const credit_request& given);
    /// Also one that has not begun yet.
    void cancel(const key& who);
    void forget_peer(const std::string& peer);
    void end_all(const refusal& why);
    /// Sends what may be sent.
    void pump();
    std::size_t size() const { return subscriptions_.size(); }

private:
    bool end_look_up(const key& who, std::uint64_t number);
    bool has_room_for(const key& who) const;
    void pump_one(const key& who, subscription& to);
    bool deliver(const key& who, subscription& to, event_batch& batch);
    void read_for(const key& who, subscription& to);
    void order(const key& who, subscription& to, std::uint32_t events);
    void take_read(
        const key& who,
        const std::shared_ptr<log_cursor>& by,
        std::uint32_t ordered,
        event_batch& batch);
    bool waits_for(const key& who, const std::shared_ptr<log_cursor>& by) const;
    void end(const key& who, const refusal& why);

    reader& disk_;
    sender send_;
    std::uint64_t head_;
    event_ring recent_;
    octets_on_the_way to_all_;
    std::map<key, subscription> subscriptions_;
    std::map<key, std::uint64_t> looked_up_; ///< which look-up of the log each waits for to begin
    std::uint64_t look_ups_ = 0;
    std::map<std::string, std::size_t> look_ups_of_; ///< of a peer, that are not through
};

} // namespace bus
