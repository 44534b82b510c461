#pragma once

#include "bus/journal_reader.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace bus {

/// The thread that reads the journal, so that a slow disk or a long replay keeps nobody else
/// waiting.
class reader {
public:
    /// Reads, and returns what is to be done with it on the executor.
    using work = std::function<std::function<void()>(journal_reader&)>;

    /// `report` hears, on the executor, of every read that failed, with the reason for the log.
    reader(
        boost::asio::any_io_executor executor,
        const journal_files& files,
        std::function<void(const refusal&)> report);
    ~reader();
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    /// `failed` is called on the executor instead, with what a peer may know, when `wanted` throws.
    void ask(work wanted, std::function<void(refusal)> failed);
    /// Drops what is queued and ends the thread.
    void finish();

private:
    struct order {
        work wanted;
        std::function<void(refusal)> failed;
    };

    void run();
    std::function<void()> carry_out(const order& wanted);

    boost::asio::any_io_executor executor_;
    std::function<void(const refusal&)> report_;
    journal_reader log_;
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
    std::mutex mutex_;
    std::condition_variable more_;
    std::deque<order> orders_;
    bool finishing_ = false;
    std::thread thread_; ///< last: it uses all of the above
};

} // namespace bus
