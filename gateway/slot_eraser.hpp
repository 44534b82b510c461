#pragma once

#include "mail/packed_state.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

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
/// left then stands in its snapshot or, where that is missing, is found by applying the log again.
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

    /// What is not known to be erased.
    void write(const mail::octet_sink& to) const;
    /// What was written takes the place of what is left. Throws mail::damaged_state and changes
    /// nothing then.
    void read(std::string_view octets);

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
