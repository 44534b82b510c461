#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <filesystem>
#include <map>
#include <string>

namespace cli {

struct portal_answer {
    unsigned status = 0;
    std::string body;
};

/// Somebody with a browser: follows a link, keeps the cookie, sends forms, goes where a redirect
/// says.
class portal_reader {
public:
    /// `link`: "https://…/m/TOKEN"; `authority`: PEM file that the portal's certificate is checked
    /// against.
    portal_reader(std::string link, const std::filesystem::path& authority);

    const std::string& link() const { return link_; }
    boost::asio::awaitable<portal_answer> get(std::string target);
    /// Throws failure when nobody answers.
    boost::asio::awaitable<portal_answer> post(
        std::string action, std::map<std::string, std::string> fields);

private:
    boost::asio::awaitable<portal_answer> call(
        std::string method, std::string target, std::string body);

    std::string link_;
    std::string origin_; ///< "https://127.0.0.1:8443"
    std::string cookie_; ///< "name=value"; empty: not signed in
    boost::asio::ssl::context tls_;
};

} // namespace cli
