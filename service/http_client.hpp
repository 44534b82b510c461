#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace service {

struct http_answer {
    boost::system::error_code error; ///< set: nothing else is
    unsigned status = 0;
    std::map<std::string, std::string> headers; ///< names in lower case
    std::string body;
};

/// One request over a connection of its own: "https://127.0.0.1:8443/v1/messages". `tls` is used
/// for https.
boost::asio::awaitable<http_answer> http_call(
    std::string method,
    std::string url,
    std::vector<std::pair<std::string, std::string>> headers,
    std::string body,
    boost::asio::ssl::context& tls,
    std::chrono::milliseconds deadline);

} // namespace service
