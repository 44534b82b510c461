#pragma once

#include "bus/access.hpp"
#include "bus/curve.hpp"
#include "bus/failed_reads.hpp"
#include "bus/journal.hpp"
#include "bus/large_requests.hpp"
#include "bus/live_feed.hpp"
#include "bus/memory_bounds.hpp"
#include "bus/peers.hpp"
#include "bus/protocol.hpp"
#include "bus/put_shares.hpp"
#include "bus/reader.hpp"
#include "bus/reads_in_turn.hpp"
#include "bus/seldom_told.hpp"
#include "bus/settings.hpp"
#include "bus/writer.hpp"
#include "bus/zmq_socket.hpp"
#include "service/session_group.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bus {

/// The process around the journal: listens, decides who may what, hands writing to the writer and
/// reading to the reader, answers. What it reads from its socket may come from an enemy that holds
/// a listed key.
class broker {
public:
    using clock = std::function<std::chrono::steady_clock::time_point()>;

    /// A broker that did not run for this long was paused: who asked before has given up.
    static constexpr std::chrono::milliseconds pause_that_counts{2000};

    /// `failed`: the disk or the broker itself is broken; nothing is acknowledged any more and the
    /// process must end. May be called on another thread. `now` tells a pause.
    broker(
        boost::asio::any_io_executor executor,
        settings wanted,
        service::log& log,
        std::function<void(std::string)> failed,
        clock now = std::chrono::steady_clock::now);
    ~broker();

    /// Listens, proves that unknown keys are turned away, then serves. Throws when any of it fails.
    boost::asio::awaitable<void> start();
    /// Takes nothing more, commits and answers what it has taken.
    boost::asio::awaitable<void> stop();

    bool ready() const { return serving_; }
    /// Else there is too little room on the disk for contents; events are still taken.
    bool has_room() const { return has_room_; }
    std::uint64_t seq() const { return head_.seq; }
    std::string log_id() const;
    /// The log that ours was imported from; empty: it is a log of its own.
    std::string origin() const;
    const reclaimed& found_at_start() const { return log_.found_at_start(); }
    /// With the port that the system chose.
    std::string endpoint() const { return router_.bound_endpoint(); }

private:
    /// Who asked what; answers repeat `request` and `addressed`.
    struct caller {
        std::string peer; ///< ROUTER's routing id
        std::uint64_t request = 0;
        broker_id addressed{};
        std::string role;
        reads_in_turn::share share; ///< of memory, kept until the answer has left
    };
    struct known_verb {
        std::string_view verb;
        void (broker::*take)(const caller&, const packet&);
        bool writes; ///< refused when the log is follow-only
    };
    static const known_verb* find_verb(std::string_view verb);

    boost::asio::awaitable<void> begin_serving();
    boost::asio::awaitable<void> receive();
    boost::asio::awaitable<void> tick();
    boost::asio::awaitable<void> or_fail(boost::asio::awaitable<void> loop);
    void listen();
    /// How many packets it held.
    std::size_t take(zmq_message message);
    void take(caller who, const packet& asked);
    void carry_out(const caller& who, const packet& asked);

    // broker_verbs.cpp: one a verb.
    void take_hello(const caller& who, const packet& asked);
    void take_append(const caller& who, const packet& asked);
    void take_subscribe(const caller& who, const packet& asked);
    void take_credit(const caller& who, const packet& asked);
    void take_cancel(const caller& who, const packet& asked);
    void take_head(const caller& who, const packet& asked);
    void take_room(const caller& who, const packet& asked);
    void take_share(const caller& who, const packet& asked);
    void take_put(const caller& who, const packet& asked);
    void take_get(const caller& who, const packet& asked);
    void take_discard(const caller& who, const packet& asked);
    void take_slot_get(const caller& who, const packet& asked);
    void take_slot_erase(const caller& who, const packet& asked);

    /// Reads what takes room in memory when it is the peer's turn.
    void read_in_turn(
        const caller& who,
        std::size_t most_octets,
        std::function<std::optional<std::string>(journal_reader&)> read,
        std::string_view missing);
    void answer(const caller& who, reply said);
    std::function<void(reply)> answer_to(const caller& who);
    std::function<void(refusal)> refuse_to(const caller& who);
    void tell_dropped_answers();
    void settle(committed_group group);
    void begin_incarnation();
    void notice_pause();
    void grant_room();
    void forget(const std::vector<std::string>& peers);
    void look_at_room();

    boost::asio::any_io_executor executor_;
    settings settings_;
    const memory_bounds bounds_ = bounds_of_memory();
    service::log& process_log_;
    std::function<void(std::string)> failed_;
    clock now_;
    access access_;
    journal log_;
    log_position head_; ///< of what is committed, as far as this thread knows
    broker_id identity_{};
    zmq_context context_;
    zap_gate gate_;
    zmq_socket router_;
    seldom_told dropped_answers_;
    failed_reads failed_reads_;
    peers peers_;
    put_shares put_shares_;
    reader reader_;
    reads_in_turn reads_;
    writer writer_;
    large_requests large_requests_;
    live_feed feed_;
    boost::asio::steady_timer room_; ///< a condition: cancelled when the writer has settled a group
    boost::asio::steady_timer tick_;
    std::chrono::steady_clock::time_point last_alive_;
    unsigned ticks_ = 0;
    bool has_room_ = true;
    bool listening_ = false;
    bool serving_ = false;
    bool stopping_ = false;
    service::session_group sessions_; ///< last: its coroutines use all of the above
};

} // namespace bus
