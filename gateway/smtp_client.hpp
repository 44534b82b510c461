#pragma once

#include "gateway/smtp_receiver.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gateway {

/// The octets of a mail, piece by piece, CRLF line ends; nullopt at the end. An exception ends the
/// connection before the final dot, so that the peer drops what it has.
using mail_source = std::function<boost::asio::awaitable<std::optional<std::string>>()>;

struct smtp_sending {
    std::string next_hop;  ///< "host:port"
    std::string host_name; ///< for EHLO
    mail::address sender;  ///< null reverse path for notices
    mail::address recipient;
    mail_source octets;
    std::chrono::milliseconds deadline{60'000}; ///< of each step
};

/// One transaction with one recipient over a connection of its own. A reply with code 0 says why
/// there was none (connection refused, timeout). The final reply to DATA decides.
boost::asio::awaitable<smtp_reply> send_mail(smtp_sending sending);

} // namespace gateway
