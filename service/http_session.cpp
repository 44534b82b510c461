#include "service/http_session.hpp"

#include "service/http_encoding.hpp"
#include "service/log.hpp"

#include <exception>
#include <utility>

namespace service {
namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// For the peer to take the last octets and close.
constexpr milliseconds goodbye{1000};
constexpr milliseconds short_goodbye{200}; ///< while the process stops

/// Text of an exception for the log.
std::string reason_of(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "unknown exception";
    }
}

} // namespace

/// One request and its response.
struct http_session::exchange {
    exchange(connection& peer, std::string& unread, const http_limits& limits)
        : reader(peer, unread, limits)
    {}

    http_reader reader;
    bool gone = false;     ///< nobody to answer
    bool answered = false; ///< `response` is set
    http_request request;
    http_routes::match found;
    http_response response;
    http_framing framing;
    http_written written;
    steady_clock::time_point began = steady_clock::now();
};

http_session::http_session(std::unique_ptr<connection> peer, std::shared_ptr<const http_site> site)
    : peer_(std::move(peer)), owned_site_(std::move(site)), site_(*owned_site_)
{}

void http_session::stop()
{
    stopping_ = true;
    if (waiting_) {
        peer_->cancel_read();
    }
}

asio::awaitable<void> http_session::serve()
{
    if (site_.tls) {
        const auto error = co_await peer_->start_tls_server(*site_.tls, site_.limits.request);
        if (error) {
            site_.log.debug(
                "tls.failed", {{"remote", peer_->remote_address()}, {"reason", error.message()}});
            co_return;
        }
    }
    bool more = true;
    while (more && !stopping_) {
        more = co_await serve_one();
    }
    co_await peer_->shut_down(stopping_ ? short_goodbye : goodbye);
}

asio::awaitable<bool> http_session::serve_one()
{
    exchange now{*peer_, unread_, site_.limits};
    waiting_ = true;
    const bool began = co_await now.reader.wait_for_first_octet();
    waiting_ = false;
    if (!began) {
        co_return false;
    }
    now.began = steady_clock::now();
    co_await hear(now);
    if (now.gone) {
        co_return false;
    }
    if (!now.answered) {
        co_await call_handler(now);
    }
    co_await answer(now);
    co_return now.framing.keep_alive&& now.written.complete;
}

/// Reads the request; sets the response when it can't be served.
asio::awaitable<void> http_session::hear(exchange& now)
{
    http_reader::outcome outcome = co_await now.reader.read_head();
    if (outcome.fine()) {
        now.request = now.reader.take();
        find_route(now);
    }
    if (outcome.fine() && !now.answered) {
        outcome = co_await now.reader.read_body(now.found.route->body_limit);
        now.request.body = now.reader.take_body();
    }
    now.gone = outcome.gone;
    if (outcome.refusal != 0) {
        refuse(now, outcome.refusal);
    }
    now.framing.head_only = now.request.method == "HEAD";
    now.framing.may_chunk = !now.reader.is_http_1_0();
    const bool malformed = now.answered && now.response.status == 400;
    now.framing.keep_alive = outcome.fine() && !malformed && now.reader.may_keep_alive();
}

void http_session::find_route(exchange& now)
{
    std::optional<request_target> target = parse_target(now.reader.target());
    if (!target) {
        refuse(now, 400);
        return;
    }
    now.found = site_.routes.find(now.request.method, target->segments);
    if (now.found.allowed.empty()) {
        refuse(now, 404);
    } else if (now.found.route == nullptr) {
        refuse(now, 405);
        now.response.headers.emplace_back("Allow", now.found.allowed);
    }
    now.request.path = target->path();
    now.request.query = std::move(target->query);
    now.request.parameters = std::move(now.found.parameters);
}

void http_session::refuse(exchange& now, unsigned status)
{
    now.answered = true;
    now.response = site_.error_page(status);
}

asio::awaitable<void> http_session::call_handler(exchange& now)
{
    std::exception_ptr failure;
    try {
        now.response = co_await now.found.route->handle(now.request);
        if (!has_valid_headers(now.response)) {
            throw std::runtime_error{"a response header is not well-formed"};
        }
        co_return;
    } catch (const bad_request&) {
        refuse(now, 400);
        co_return;
    } catch (...) {
        failure = std::current_exception();
    }
    // A cancelled session ends at its next co_await, before the page goes out.
    site_.log.error(
        "http.handler_failed", {{"route", now.found.route->name}, {"reason", reason_of(failure)}});
    refuse(now, 500);
}

asio::awaitable<void> http_session::answer(exchange& now)
{
    now.framing.keep_alive = now.framing.keep_alive && !stopping_;
    add_security_headers(now.response, peer_->is_tls());
    std::exception_ptr failure;
    try {
        const pace_limit pace{site_.limits.write, site_.limits.least_rate};
        now.written = co_await write_response(*peer_, now.response, now.framing, pace);
    } catch (...) {
        failure = std::current_exception(); // thrown on, once the line is written
    }
    note(now);
    if (failure) {
        std::rethrow_exception(failure);
    }
}

/// Never the path or the query: they hold tokens.
void http_session::note(const exchange& now) const
{
    const bool routed = now.found.route != nullptr;
    const std::string name = routed ? now.found.route->name : "none";
    const bool probe = name == "healthz" || name == "readyz";
    const auto took =
        std::chrono::duration_cast<milliseconds>(steady_clock::now() - now.began).count();
    site_.log.write(
        probe ? severity::debug : severity::info,
        "",
        "http.request",
        {{"route", name},
         {"method", now.request.method},
         {"status", now.response.status},
         {"milliseconds", took},
         {"octets", now.written.octets},
         {"complete", now.written.complete},
         {"remote", peer_->remote_address()}});
}

} // namespace service
