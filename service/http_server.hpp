#pragma once

#include "service/connection.hpp"
#include "service/session_group.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace service {

class log;

/// Thrown by a handler: answered with 400 instead of 500.
class bad_request : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct http_request {
    std::string method; ///< upper case; HEAD is served by the GET handler, its body dropped
    std::string path;   ///< percent-decoded, checked, without query
    std::map<std::string, std::string> parameters; ///< {name} parts of the route's pattern, decoded
    std::map<std::string, std::string> query;      ///< decoded; the last of a name wins
    std::map<std::string, std::string> headers;    ///< names in lower case
    std::string body;
    std::string remote_address;

    std::string header(std::string_view name) const;
    std::string cookie(std::string_view name) const;
    /// Fields of an application/x-www-form-urlencoded body, none for another media type; the last
    /// of a name wins. Throws bad_request when the body is wrongly encoded.
    std::map<std::string, std::string> form() const;
};

/// How the sending of a body ended.
enum class body_ending {
    complete,
    cut,     ///< the peer left, the permission ended, or the source failed
    too_slow ///< the peer took less than http_limits::least_rate
};

/// A body that is made while it is sent.
class body_source {
public:
    virtual ~body_source() = default;
    /// The next octets; nullopt at the end. An exception aborts the connection, so that the peer
    /// sees a truncated body rather than a complete one.
    virtual boost::asio::awaitable<std::optional<std::string>> next() = 0;
    /// Octets of the body, and the head that announces it, may be handed to the kernel until then;
    /// looked at anew before each write.
    virtual std::optional<boot_clock::time_point> not_after() const { return std::nullopt; }
    /// Called once, also when nothing was sent: how many octets of the body went to the kernel.
    /// Must not throw.
    virtual void ended(std::uint64_t octets, body_ending how) = 0;
};

struct http_response {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::unique_ptr<body_source> source; ///< instead of `body`; sent chunked
};

http_response text_response(
    unsigned status, std::string body, std::string_view media_type = "text/plain; charset=utf-8");
http_response html_response(unsigned status, std::string html);
http_response json_response(unsigned status, std::string json);
/// RFC 9457 problem+json: title by status, detail for people.
http_response problem_response(unsigned status, std::string_view detail);
http_response redirect_response(std::string_view location); ///< 303

using http_handler = std::function<boost::asio::awaitable<http_response>(const http_request&)>;

struct http_route {
    std::string method; ///< "GET", "POST", "DELETE"
    std::string
        pattern;      ///< "/m/{token}/attachments/{index}"; {name} is one segment, {name*} the rest
    std::string name; ///< logged instead of the path, which may hold a token
    http_handler handle;
    std::size_t body_limit = 64 * 1024; ///< octets, else 413
};

struct http_limits {
    std::size_t header_octets = 16 * 1024; ///< else 431
    std::size_t connections = 1000;        ///< further ones are closed at once
    std::size_t connections_per_address = 200;
    std::chrono::milliseconds idle{30'000};    ///< between requests
    std::chrono::milliseconds request{10'000}; ///< from a request's first octet to its last
    std::chrono::milliseconds write{30'000};   ///< without progress
    /// Octets a second, averaged over `write`, that a peer has to take of a body_source, which may
    /// be dear to keep; 0: any progress will do.
    std::size_t least_rate = 4096;
};

/// HTTP/1.1 over TCP or TLS with a table of routes. Every response carries the security headers
/// (nosniff, no-referrer, frame-ancestors none, no-store; HSTS over TLS) unless the handler set
/// that header itself. Unknown path 404, known path with another method 405 with Allow, handler
/// exception 500 without details.
///
/// The first route of the table that matches wins. An encoded slash (%2F) stays within its {name};
/// dot segments, control characters and what is not UTF-8 are refused with 400.
class http_server {
public:
    http_server(
        boost::asio::ip::tcp::acceptor acceptor,
        std::shared_ptr<boost::asio::ssl::context> tls, ///< null: plain HTTP
        std::vector<http_route> routes,
        http_limits limits,
        service::log& log);
    ~http_server();

    /// Pages for 404, 405, 500 … in the looks of the process; default: plain text.
    void on_error(std::function<http_response(unsigned status)> page);

    /// Accepts until stop(); then finishes what runs, at most `patience`.
    boost::asio::awaitable<void> serve();
    void stop(std::chrono::milliseconds patience = std::chrono::milliseconds{3000});

private:
    struct state;
    std::shared_ptr<state> state_;
};

/// GET /healthz: 200 while the process lives. GET /readyz: 200 with the JSON of `ready` when it
/// returns a value that is ready, else 503.
struct readiness {
    bool ready = false;
    std::string json; ///< an object
};
std::vector<http_route> health_routes(std::function<readiness()> ready);

/// {"ready","applied"}: of a process that derives its state from the log, `applied` events of it.
readiness applied_readiness(bool ready, std::uint64_t applied);
/// GET /digest: {"applied","digest"} of that state. Walks over all of it, so this is for a health
/// page on loopback and for nobody else; made anew only after more was applied.
http_route digest_route(
    std::function<std::uint64_t()> applied, std::function<std::string()> digest);

} // namespace service
