#include "service/http_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace service {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t longest_start_line = 8 * 1024; // RFC 9112, 3: 8000 octets at least
constexpr std::size_t longest_unparsed =
    128 * 1024; // a chunk header or a trailer is far below that
constexpr std::array<std::string_view, 7> known_methods{
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

unsigned refusal_of(const error_code& error)
{
    if (error == http::error::header_limit) {
        return 431;
    }
    if (error == http::error::body_limit) {
        return 413;
    }
    return error == http::error::bad_version ? 505 : 400;
}

/// Beast calls a bare LF a wrong version too.
bool starts_with_bare_line_feed(std::string_view unread)
{
    const std::size_t end = unread.find('\n');
    return end != std::string_view::npos && (end == 0 || unread[end - 1] != '\r');
}

bool is_same_word(std::string_view left, std::string_view right)
{
    return boost::beast::iequals({left.data(), left.size()}, {right.data(), right.size()});
}

std::string text_of(boost::beast::string_view text)
{
    return {text.data(), text.size()};
}

} // namespace

struct http_reader::parser : http::request_parser<http::string_body> {};

http_reader::http_reader(connection& peer, std::string& unread, const http_limits& limits)
    : peer_(peer), unread_(unread), limits_(limits), parser_(std::make_unique<parser>())
{
    parser_->header_limit(static_cast<std::uint32_t>(limits.header_octets));
    parser_->body_limit(boost::none); // the route's limit is known when the head is
    parser_->eager(false);
}

http_reader::~http_reader() = default;

asio::awaitable<bool> http_reader::wait_for_first_octet()
{
    due_ = steady_clock::now() + limits_.idle;
    for (;;) {
        while (unread_.starts_with("\r\n")) { // RFC 9112, 2.2: ignore empty lines before a request
            unread_.erase(0, 2);
        }
        if (!unread_.empty() && unread_ != "\r") {
            due_ = steady_clock::now() + limits_.request;
            co_return true;
        }
        const outcome more = co_await read_more();
        if (!more.fine()) {
            co_return false;
        }
    }
}

asio::awaitable<http_reader::outcome> http_reader::read_more()
{
    std::array<char, 16 * 1024> octets; // NOLINT: filled by the read
    std::size_t got = 0;
    const error_code error = co_await peer_.read_some(octets, got, time_left(due_));
    if (error == asio::error::timed_out) {
        co_return outcome{false, 408};
    }
    if (error) {
        co_return outcome{true, 0};
    }
    unread_.append(octets.data(), got);
    co_return outcome{};
}

unsigned http_reader::refusal_of_start_line() const
{
    const std::size_t length = std::min(unread_.find('\n'), unread_.size());
    return head_octets_ == 0 && length > longest_start_line ? 414 : 0;
}

asio::awaitable<http_reader::outcome> http_reader::read_head()
{
    while (!parser_->is_header_done()) {
        error_code error;
        if (const unsigned refusal = refusal_of_start_line()) {
            co_return outcome{false, refusal};
        }
        const std::size_t used = parser_->put(asio::buffer(unread_), error);
        unread_.erase(0, used);
        head_octets_ += used;
        if (error && error != http::error::need_more) {
            const bool bare = head_octets_ == 0 && starts_with_bare_line_feed(unread_);
            co_return outcome{false, bare ? 400 : refusal_of(error)};
        }
        if (head_octets_ > limits_.header_octets) {
            co_return outcome{false, 431};
        }
        if (error) {
            const outcome more = co_await read_more();
            if (!more.fine()) {
                co_return more;
            }
        }
    }
    co_return outcome{false, refusal_of_head()};
}

void http_reader::take_headers()
{
    const auto& head = parser_->get();
    for (const auto& field : head) {
        std::string name = text_of(field.name_string());
        std::transform(name.begin(), name.end(), name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        std::string& value = request_.headers[name];
        if (!value.empty()) {
            value += name == "cookie" ? "; " : ", ";
        }
        value += text_of(field.value());
    }
    request_.method = text_of(head.method_string());
    request_.remote_address = peer_.remote_address();
    target_ = text_of(head.target());
}

/// What Beast lets pass and a server must not (RFC 9112, 3.2 and 6.1; RFC 9110, 10.1.1).
unsigned http_reader::refusal_of_head()
{
    take_headers();
    const std::size_t hosts = parser_->get().count(http::field::host);
    if (hosts > 1 || (hosts == 0 && !is_http_1_0())) {
        return 400;
    }
    if (std::find(known_methods.begin(), known_methods.end(), request_.method) ==
        known_methods.end()) {
        return 501;
    }
    const std::string coding = request_.header("transfer-encoding");
    if (!coding.empty() && (!is_same_word(coding, "chunked") || is_http_1_0())) {
        return is_http_1_0() ? 400 : 501;
    }
    const std::string expected = request_.header("expect");
    return expected.empty() || is_same_word(expected, "100-continue") ? 0 : 417;
}

asio::awaitable<http_reader::outcome> http_reader::read_body(std::size_t limit)
{
    const bool waits = !parser_->get()[http::field::expect].empty() && !is_http_1_0();
    const auto length = parser_->content_length();
    if (length && *length > limit) {
        co_return outcome{false, 413};
    }
    if (!is_complete() && unread_.empty() && waits) {
        std::size_t written = 0;
        const error_code error =
            co_await peer_.write("HTTP/1.1 100 Continue\r\n\r\n", written, limits_.write);
        if (error) {
            co_return outcome{true, 0};
        }
    }
    parser_->body_limit(limit);
    parser_->eager(true);
    while (!is_complete()) {
        error_code error;
        const std::size_t used = parser_->put(asio::buffer(unread_), error);
        unread_.erase(0, used);
        if ((error && error != http::error::need_more) || unread_.size() > longest_unparsed) {
            co_return outcome{false, error ? refusal_of(error) : 400};
        }
        if (is_complete()) {
            break;
        }
        const outcome more = co_await read_more();
        if (!more.fine()) {
            co_return more;
        }
    }
    co_return outcome{};
}

http_request http_reader::take()
{
    return std::move(request_);
}

std::string http_reader::take_body()
{
    return std::move(parser_->get().body());
}

bool http_reader::is_complete() const
{
    return parser_->is_done();
}

bool http_reader::may_keep_alive() const
{
    return is_complete() && parser_->keep_alive() && !is_http_1_0();
}

bool http_reader::is_http_1_0() const
{
    return parser_->get().version() < 11;
}

} // namespace service
