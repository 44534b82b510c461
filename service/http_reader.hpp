#pragma once

#include "service/http_server.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace service {

/// Reads one request off a connection; Beast's parser decides what its octets mean, the limits are
/// enforced while they arrive. May trust nothing: the peer is anybody.
class http_reader {
public:
    /// What came instead of a request, or `fine`.
    struct outcome {
        bool gone = false;    ///< the peer left: nobody to answer
        unsigned refusal = 0; ///< to answer with this status and close
        bool fine() const { return !gone && refusal == 0; }
    };

    /// `unread` holds octets between the requests of a connection (pipelining).
    http_reader(connection& peer, std::string& unread, const http_limits& limits);
    ~http_reader();

    /// Waits between requests; false when the peer left, was idle too long or cancel_read() was
    /// called.
    boost::asio::awaitable<bool> wait_for_first_octet();
    /// Method, headers and target (as sent) of the request.
    boost::asio::awaitable<outcome> read_head();
    boost::asio::awaitable<outcome> read_body(std::size_t limit);

    const std::string& target() const { return target_; }
    /// Method, headers and remote address, after read_head().
    http_request take();
    std::string take_body();
    /// The body is read, so that another request may follow.
    bool is_complete() const;
    bool may_keep_alive() const;
    bool is_http_1_0() const;

private:
    struct parser;

    boost::asio::awaitable<outcome> read_more();
    unsigned refusal_of_start_line() const;
    unsigned refusal_of_head();
    void take_headers();

    connection& peer_;
    std::string& unread_;
    const http_limits& limits_;
    std::unique_ptr<parser> parser_;
    std::chrono::steady_clock::time_point due_;
    std::size_t head_octets_ = 0;
    http_request request_;
    std::string target_;
};

} // namespace service
