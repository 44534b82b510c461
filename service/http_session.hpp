#pragma once

#include "service/http_reader.hpp"
#include "service/http_routes.hpp"
#include "service/http_server.hpp"
#include "service/http_writer.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace service {

class log;

/// What all sessions of a server share.
struct http_site {
    http_routes routes;
    http_limits limits;
    std::shared_ptr<boost::asio::ssl::context> tls; ///< null: plain HTTP
    service::log& log;
    std::function<http_response(unsigned status)> error_page;
};

/// One connection: its TLS handshake, then request by request. May trust nothing that comes in.
class http_session {
public:
    http_session(std::unique_ptr<connection> peer, std::shared_ptr<const http_site> site);

    boost::asio::awaitable<void> serve();
    /// Ends after the request that is being served.
    void stop();

private:
    struct exchange;

    boost::asio::awaitable<bool> serve_one();
    boost::asio::awaitable<void> answer(exchange& now);
    boost::asio::awaitable<void> hear(exchange& now);
    boost::asio::awaitable<void> call_handler(exchange& now);
    void find_route(exchange& now);
    void refuse(exchange& now, unsigned status);
    void note(const exchange& now) const;

    std::unique_ptr<connection> peer_;
    std::shared_ptr<const http_site> owned_site_;
    const http_site& site_;
    std::string unread_;
    bool waiting_ = false;
    bool stopping_ = false;
};

} // namespace service
