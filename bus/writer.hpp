#pragma once

#include "bus/journal.hpp"
#include "bus/protocol.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace bus {

/// What a request comes to: a body, or why not.
struct reply {
    std::optional<refusal> refused;
    std::string body;
};

/// What became durable together.
struct committed_group {
    struct answer {
        std::function<void(reply)> told;
        reply said;
    };
    std::vector<stored_event> events;
    std::vector<answer> answers; ///< in order

    void tell()
    {
        for (answer& next : answers)
            next.told(std::move(next.said));
    }
};

/// The one thread that writes the journal. It takes all that waits, commits it with one sync, and
/// only then hands it back: group commit. After a failure nothing is handed back any more.
class writer {
public:
    using work = std::function<reply(journal&)>;
    using done = std::function<void(reply)>;

    /// A request that waited longer is not done: its sender has given up, and has been told
    /// nothing.
    static constexpr std::chrono::milliseconds longest_wait{2000};

    /// Of memory that a request takes besides its octets, about: many small ones are large.
    static constexpr std::size_t octets_besides = 512;

    /// `settled` is called on `executor`; `failed` on the writer's thread, as the last thing it
    /// does.
    writer(
        boost::asio::any_io_executor executor,
        journal& log,
        std::function<void(committed_group)> settled,
        std::function<void(std::string)> failed);
    ~writer();
    writer(const writer&) = delete;
    writer& operator=(const writer&) = delete;

    /// On the executor's thread. The writer is woken when the present turn of the executor is over,
    /// so that what arrived together becomes durable together.
    void queue(std::size_t octets, work wanted, done told);
    /// Of what waits or is being written, with octets_besides of each; the caller stops taking
    /// requests when they are many.
    std::size_t queued_octets() const { return queued_octets_; }
    /// Writes what is queued, then ends the thread.
    void finish();

private:
    struct order {
        std::size_t octets = 0;
        std::chrono::steady_clock::time_point arrived;
        work wanted;
        done told;
    };

    void run();
    void wake_soon();
    std::vector<order> take_all();
    committed_group write(std::vector<order> orders);
    reply carry_out(const order& wanted);
    void hand_back(committed_group group);

    boost::asio::any_io_executor executor_;
    journal& log_;
    std::function<void(committed_group)> settled_;
    std::function<void(std::string)> failed_;
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
    std::mutex mutex_;
    std::condition_variable more_;
    std::vector<order> orders_;
    bool finishing_ = false;
    bool wake_due_ = false; ///< of the executor's thread
    std::atomic<std::size_t> queued_octets_ = 0;
    std::thread thread_; ///< last: it uses all of the above
};

} // namespace bus
