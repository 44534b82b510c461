#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <string>

namespace service {
class log;
}

namespace gateway {

class mail_log;

/// Between two rounds of erasing, after this many that failed in a row: doubled each time, up to a
/// minute.
std::chrono::milliseconds erasing_pause(std::chrono::milliseconds first, unsigned failed_rounds);

/// The gateway's key slots of copies that are final, erased beside delivery, which never waits for
/// it. What the bus does not erase now is tried again for as long as the process lives; what is
/// left then, the next start finds in the ledger.
class slot_eraser {
public:
    slot_eraser(
        const boost::asio::any_io_executor& executor,
        mail_log& bus,
        service::log& log,
        std::chrono::milliseconds first_pause);

    void add(const std::string& content, std::string slot);
    /// Erases until stop().
    boost::asio::awaitable<void> run();
    void stop();

    /// Contents that still have slots to erase.
    std::size_t contents_left() const { return left_.size(); }

private:
    boost::asio::awaitable<boost::system::error_code> erase_round();
    boost::asio::awaitable<void> sleep_until(boost::asio::steady_timer::time_point due);

    mail_log& bus_;
    service::log& log_;
    std::chrono::milliseconds first_pause_;
    std::map<std::string, std::set<std::string>> left_; ///< by content
    boost::asio::steady_timer wake_;
    bool stopping_ = false;
};

} // namespace gateway
