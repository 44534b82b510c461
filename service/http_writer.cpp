#include "service/http_writer.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>

namespace service {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t slice = 64 * 1024;
/// With its framing a chunk fits in one TLS record and one handing over.
constexpr std::size_t longest_chunk = 16 * 1024 - 16;

boost::beast::string_view beast_view(std::string_view text)
{
    return {text.data(), text.size()};
}

bool has_header(const http_response& response, std::string_view name)
{
    return std::any_of(
        response.headers.begin(), response.headers.end(), [name](const auto& header) {
            return boost::beast::iequals(beast_view(header.first), beast_view(name));
        });
}

bool is_token(std::string_view name)
{
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::all_of(name.begin(), name.end(), [marks](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
    });
}

bool is_header_value(std::string_view value)
{
    return std::none_of(value.begin(), value.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
    });
}

/// RFC 9110, 6.4.1
bool has_no_body(unsigned status)
{
    return status < 200 || status == 204 || status == 304;
}

std::string date_now()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 40> text{};
    std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return text.data();
}

std::string head_of(const http_response& response, const http_framing& framing)
{
    http::response<http::empty_body> head;
    head.version(11);
    head.result(response.status);
    head.set(http::field::date, date_now());
    for (const auto& [name, value] : response.headers) {
        head.insert(beast_view(name), beast_view(value));
    }
    if (!framing.keep_alive) {
        head.set(http::field::connection, "close");
    }
    if (response.source && framing.may_chunk) {
        head.set(http::field::transfer_encoding, "chunked");
    } else if (!response.source && !has_no_body(response.status)) {
        head.set(http::field::content_length, std::to_string(response.body.size()));
    }
    http::response_serializer<http::empty_body> serializer{head};
    serializer.split(true);
    std::string text;
    error_code error;
    while (!serializer.is_header_done() && !error) {
        serializer.next(error, [&text, &serializer](error_code&, const auto& buffers) {
            std::size_t total = 0;
            for (const asio::const_buffer part : boost::beast::buffers_range_ref(buffers)) {
                text.append(static_cast<const char*>(part.data()), part.size());
                total += part.size();
            }
            serializer.consume(total);
        });
    }
    return text;
}

/// Tells the source how it ended, whatever way that was; an incomplete body ends with a reset
/// connection, also when the coroutine is cancelled.
class running_source {
public:
    running_source(body_source& source, connection& peer) : source_(source), peer_(peer) {}
    running_source(const running_source&) = delete;
    running_source& operator=(const running_source&) = delete;
    ~running_source()
    {
        if (how_ != body_ending::complete) {
            peer_.abort();
        }
        source_.ended(octets_, how_);
    }

    void add(std::size_t octets) { octets_ += octets; }
    void end(body_ending how) { how_ = how; }
    std::uint64_t octets() const { return octets_; }

private:
    body_source& source_;
    connection& peer_;
    std::uint64_t octets_ = 0;
    body_ending how_ = body_ending::cut;
};

struct chunk {
    std::string octets;
    std::size_t before = 0; ///< framing before the data
    std::size_t data = 0;

    /// Octets of the data among the first `written` of the chunk.
    std::size_t data_in(std::size_t written) const
    {
        return written <= before ? 0 : std::min(written - before, data);
    }
};

chunk framed(std::string_view data, bool chunked)
{
    if (!chunked) {
        return {std::string{data}, 0, data.size()};
    }
    std::array<char, 24> size{};
    const int length = std::snprintf(size.data(), size.size(), "%zx\r\n", data.size());
    chunk one{size.data(), static_cast<std::size_t>(length), data.size()};
    one.octets.append(data).append("\r\n");
    return one;
}

asio::awaitable<error_code> write_sliced(
    connection& peer,
    std::string_view octets,
    std::uint64_t& total,
    milliseconds progress,
    const connection::permission& not_after)
{
    error_code error;
    while (!octets.empty() && !error) {
        std::size_t written = 0;
        error = co_await peer.write_while(octets.substr(0, slice), written, progress, not_after);
        total += written;
        octets.remove_prefix(written);
    }
    co_return error;
}

/// Writes under the permission, in the time that the pace leaves.
asio::awaitable<error_code> write_paced(
    connection& peer,
    std::string_view octets,
    std::size_t& written,
    sending_pace& pace,
    const connection::permission& not_after)
{
    const auto began = steady_clock::now();
    error_code error = co_await peer.write_while(octets, written, pace.left(), not_after);
    pace.took(error ? 0 : written, steady_clock::now() - began);
    if (!error && pace.too_slow()) {
        error = asio::error::timed_out;
    }
    co_return error;
}

asio::awaitable<http_written> write_source(
    connection& peer,
    std::string_view head,
    body_source& source,
    http_framing framing,
    pace_limit wanted,
    const connection::permission& not_after)
{
    running_source running{source, peer};
    sending_pace pace{wanted};
    std::size_t written = 0;
    error_code error = co_await write_paced(peer, head, written, pace, not_after);
    std::optional<std::string> octets;
    if (!error) {
        octets = co_await source.next();
    }
    while (octets && !error) {
        std::string_view rest = *octets;
        while (!rest.empty() && !error) {
            const chunk one = framed(rest.substr(0, longest_chunk), framing.may_chunk);
            error = co_await write_paced(peer, one.octets, written, pace, not_after);
            running.add(one.data_in(written));
            rest.remove_prefix(one.data);
        }
        if (!error) {
            octets = co_await source.next();
        }
    }
    if (!error && framing.may_chunk) {
        error = co_await write_paced(peer, "0\r\n\r\n", written, pace, {});
    }
    if (!error) {
        running.end(body_ending::complete);
    } else if (pace.too_slow()) {
        running.end(body_ending::too_slow);
    }
    co_return http_written{!error, running.octets()};
}

} // namespace

void add_security_headers(http_response& response, bool over_tls)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> defaults{{
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Frame-Options", "DENY"},
        {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
        {"Cache-Control", "no-store"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    }};
    for (const auto& [name, value] : defaults) {
        if (!has_header(response, name)) {
            response.headers.emplace_back(name, value);
        }
    }
    if (over_tls && !has_header(response, "Strict-Transport-Security")) {
        response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
    }
}

bool has_valid_headers(const http_response& response)
{
    return std::all_of(response.headers.begin(), response.headers.end(), [](const auto& header) {
        return is_token(header.first) && is_header_value(header.second);
    });
}

asio::awaitable<http_written> write_response(
    connection& peer, const http_response& response, http_framing framing, pace_limit pace)
{
    const bool without_body = framing.head_only || has_no_body(response.status);
    body_source* const source = response.source.get();
    connection::permission not_after;
    if (source != nullptr) { // of the head too: it may name what the body holds
        not_after = [source] { return source->not_after(); };
    }
    std::string octets = head_of(response, framing);
    const std::size_t head = octets.size();
    if (source != nullptr && !without_body) {
        co_return co_await write_source(peer, octets, *source, framing, pace, not_after);
    }
    if (!without_body) {
        octets += response.body;
    }
    std::uint64_t total = 0;
    const error_code error = co_await write_sliced(peer, octets, total, pace.progress, not_after);
    if (source != nullptr) {
        source->ended(0, body_ending::cut);
    }
    co_return http_written{!error, total > head ? total - head : 0};
}

} // namespace service
