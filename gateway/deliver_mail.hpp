#pragma once

#include "gateway/delivery_queue.hpp"
#include "gateway/mail_log.hpp"
#include "gateway/outgoing_copy.hpp"
#include "gateway/slot_eraser.hpp"
#include "mail/events.hpp"
#include "mail/ledger.hpp"
#include "service/session_group.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace service {
class log;
}

namespace gateway {

struct delivery_settings {
    std::string next_hop;
    retry_policy retry;
    std::size_t concurrency = 10;
    std::chrono::milliseconds step_deadline{60'000}; ///< of each SMTP step
    std::chrono::milliseconds bus_pause{1'000};      ///< before the bus is asked again
};

/// Hands queued copies to the next hop. What came of a try is on disk before the copy counts as
/// done, so a crash repeats at most the one try that was running: twice delivered perhaps, lost
/// never. Whatever goes wrong, the copy waits in the queue again.
class deliver_mail {
public:
    deliver_mail(
        boost::asio::any_io_executor executor,
        copy_materials materials,
        delivery_settings settings,
        std::function<mail::bus_time()> clock,
        service::log& log,
        std::function<std::chrono::steady_clock::time_point()> steady_clock =
            std::chrono::steady_clock::now);

    /// Every event of the log, after the ledger applied it; wakes the queue.
    void observe(mail::bus_time time, const mail::event& fact);

    /// Delivers until stop(), and erases the key slots of what is final. The log has been caught up
    /// with.
    boost::asio::awaitable<void> run();
    /// No further copies; those on their way get `patience`.
    void stop(std::chrono::milliseconds patience = std::chrono::milliseconds{5000});

    const delivery_queue& queue() const { return queue_; }
    const slot_eraser& eraser() const { return eraser_; }
    /// Before run(): both as they were written. Throws mail::damaged_state, and changes nothing
    /// then.
    void restore(std::string_view queue, std::string_view slots);

private:
    void erase_when_final(const mail::delivery_attempted& fact);
    boost::asio::awaitable<void> wait();
    void wake();
    boost::asio::awaitable<void> deliver(queued_copy copy);
    boost::asio::awaitable<void> attempt(queued_copy& copy);
    boost::asio::awaitable<void> make_and_send(queued_copy& copy);
    boost::asio::awaitable<smtp_reply> hand_over(outgoing_copy made);
    void conclude(queued_copy& copy, const smtp_reply& reply);
    void note(queued_copy& copy, const delivery_decision& decision, std::string reply);
    boost::asio::awaitable<void> record(const queued_copy& copy);
    boost::asio::awaitable<boost::system::error_code> append(const mail::delivery_attempted& fact);
    boost::asio::awaitable<void> pause();
    void later(const queued_copy& copy, mail::bus_time pause);
    mail::bus_time now();

    boost::asio::any_io_executor executor_;
    mail_log& bus_;
    const mail::ledger& ledger_;
    std::string host_name_;
    copy_maker maker_;
    delivery_settings settings_;
    std::function<mail::bus_time()> clock_;
    std::function<std::chrono::steady_clock::time_point()> steady_clock_;
    mail::bus_time log_time_ = 0; ///< the latest, and when it was seen
    std::chrono::steady_clock::time_point seen_at_;
    service::log& log_;
    delivery_queue queue_;
    slot_eraser eraser_;
    service::session_group running_;
    boost::asio::steady_timer wake_;
    bool woken_ = false;
    bool stopping_ = false;
    std::chrono::milliseconds patience_{5000};
};

} // namespace gateway
