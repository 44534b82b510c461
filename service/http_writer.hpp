#pragma once

#include "service/connection.hpp"
#include "service/http_server.hpp"
#include "service/sending_pace.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>

namespace service {

/// How a response has to be framed for the request it answers.
struct http_framing {
    bool head_only = false;  ///< the request was HEAD
    bool keep_alive = false; ///< else the connection is closed after it
    bool may_chunk = true;   ///< false for HTTP/1.0: the end of the connection ends the body
};

struct http_written {
    bool complete = false; ///< else the connection can't be used any more
    std::uint64_t octets = 0;
};

/// Sets each security header that the handler did not set.
void add_security_headers(http_response& response, bool over_tls);

/// False when a header is no header, or would smuggle in another one.
bool has_valid_headers(const http_response& response);

/// Sends the response. A peer that is slower than `pace` is cut off; the rate is asked of a
/// source alone, 64 KiB per `progress` of everything else. An exception of the body's source is
/// thrown on, once the connection is aborted and the source told.
boost::asio::awaitable<http_written> write_response(
    connection& peer, const http_response& response, http_framing framing, pace_limit pace);

} // namespace service
