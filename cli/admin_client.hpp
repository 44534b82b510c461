#pragma once

#include "cli/endpoints.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace cli {

/// The admin API with the operator's token. Every call throws failure with the server's own words
/// when it is refused, and with the remedy when nobody answers.
class admin_client {
public:
    explicit admin_client(const endpoints& where);

    boost::asio::awaitable<nlohmann::json> get(std::string path);
    boost::asio::awaitable<nlohmann::json> post(std::string path, std::string json);

private:
    boost::asio::awaitable<nlohmann::json> call(
        std::string method, std::string path, std::string body);

    std::string base_;
    std::string token_;
    boost::asio::ssl::context tls_;
};

/// For one segment of a path, or a value of a query: everything but unreserved characters as %XX.
std::string percent_encoded(std::string_view text);

} // namespace cli
