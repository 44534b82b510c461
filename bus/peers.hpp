#pragma once

#include "bus/bundle.hpp"
#include "bus/zmq_socket.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bus {

/// Who has spoken to the broker, and what it says to them, in bundles. Peers are named by their
/// routing id. All on one thread.
class peers {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `dropped` hears of a peer whose queue is full, or for whom more than `most_octets` of
    /// answers wait in it: what was for it is lost, and it times out.
    peers(
        boost::asio::any_io_executor executor,
        zmq_socket& router,
        std::size_t most_octets,
        std::function<void(const std::string& peer)> dropped);

    void heard(const std::string& peer, time_point when);
    /// In order, at the end of this turn of the executor, or of send_all().
    /// `until_taken` is let go of when it has left ZeroMQ's queue or never will. It says that this
    /// one counts elsewhere, and not among `most_octets`.
    void send(const std::string& peer, packet parcel, std::shared_ptr<const void> until_taken = {});
    /// At once, after what send() was given for that peer before. Full, too, while `most_octets` of
    /// what was sent so wait in the queue.
    send_result send_now(const std::string& peer, packet parcel);
    void send_all();
    /// Forgets who said nothing since; their routing ids.
    std::vector<std::string> forget_silent(time_point since);
    /// Forgets whose connections were found to be gone when something was to be sent there; their
    /// routing ids.
    std::vector<std::string> forget_gone();

private:
    using octets_there = std::shared_ptr<std::atomic<std::size_t>>;
    using kept_things = std::vector<std::shared_ptr<const void>>;
    struct known {
        time_point heard; ///< long ago: only spoken to since it was forgotten
        bundle outgoing;
        kept_things until_taken; ///< of what is in it
        std::size_t octets = 0;  ///< of the others in it
        // Not yet taken by ZeroMQ:
        octets_there answers = std::make_shared<std::atomic<std::size_t>>(0);
        octets_there sent_now = std::make_shared<std::atomic<std::size_t>>(0);
    };
    struct counted_octets;
    struct under_way;

    void send_soon();
    send_result send_frame(
        const std::string& peer, std::string frame, std::shared_ptr<const void> until_taken);
    void send_answers(const std::string& peer, known& entry);

    boost::asio::any_io_executor executor_;
    zmq_socket& router_;
    std::size_t most_octets_;
    std::function<void(const std::string& peer)> dropped_;
    std::map<std::string, known> known_;
    std::vector<std::string> waiting_; ///< whose bundles hold something
    std::vector<std::string> gone_;
    bool send_due_ = false;
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

} // namespace bus
