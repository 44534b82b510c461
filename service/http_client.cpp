#include "service/http_client.hpp"

#include "service/connection.hpp"
#include "service/host_and_port.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>

namespace service {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using response_parser = http::response_parser<http::string_body>;

namespace {

constexpr std::size_t longest_answer = 64 * 1024 * 1024;
constexpr milliseconds call_goodbye{200};

struct parsed_url {
    bool secure = false;
    std::string host;
    std::string authority; ///< as in the URL, for the Host header
    std::string host_and_port;
    std::string target;
};

std::optional<parsed_url> parse_url(std::string_view url)
{
    parsed_url parsed;
    parsed.secure = url.starts_with("https://");
    if (!parsed.secure && !url.starts_with("http://")) {
        return std::nullopt;
    }
    url.remove_prefix(url.find("://") + 3);
    const std::size_t path = std::min(url.find_first_of("/?"), url.size());
    parsed.authority = url.substr(0, path);
    parsed.target = url.substr(path);
    if (!parsed.target.starts_with('/')) {
        parsed.target.insert(0, "/");
    }
    const bool has_port = parse_host_and_port(parsed.authority).has_value();
    parsed.host_and_port =
        has_port ? parsed.authority : parsed.authority + (parsed.secure ? ":443" : ":80");
    const std::optional<host_and_port> peer = parse_host_and_port(parsed.host_and_port);
    if (!peer) {
        return std::nullopt;
    }
    parsed.host = peer->host;
    return parsed;
}

bool is_clean(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
    });
}

/// Nothing when a part would end its line and smuggle in another one.
std::optional<std::string> request_text(
    const std::string& method,
    const parsed_url& url,
    const std::vector<std::pair<std::string, std::string>>& headers,
    const std::string& body)
{
    std::string text = method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority +
                       "\r\nConnection: close\r\n";
    bool clean =
        is_clean(method) && is_clean(url.target) && url.target.find(' ') == std::string::npos;
    for (const auto& [name, value] : headers) {
        clean = clean && is_clean(name) && is_clean(value);
        text.append(name).append(": ").append(value).append("\r\n");
    }
    if (!body.empty() || method != "GET") {
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    text.append("\r\n").append(body);
    return clean ? std::optional{text} : std::nullopt;
}

/// One exchange, every step of it before `due`.
class call {
public:
    call(connection& peer, steady_clock::time_point due, bool head_only)
        : peer_(peer), due_(due), head_only_(head_only)
    {}

    asio::awaitable<error_code> send(const std::string& request);
    asio::awaitable<http_answer> read_answer();

private:
    void start_parser();
    asio::awaitable<error_code> read_more();
    asio::awaitable<error_code> read_final_response();

    connection& peer_;
    steady_clock::time_point due_;
    bool head_only_;
    bool ended_ = false;
    std::string unread_;
    std::unique_ptr<response_parser> parser_;
};

asio::awaitable<error_code> call::send(const std::string& request)
{
    std::size_t written = 0;
    co_return co_await peer_.write(request, written, time_left(due_));
}

void call::start_parser()
{
    parser_ = std::make_unique<response_parser>();
    parser_->body_limit(longest_answer);
    parser_->eager(true);
    parser_->skip(head_only_);
}

asio::awaitable<error_code> call::read_more()
{
    std::array<char, 16 * 1024> octets; // NOLINT: filled by the read
    std::size_t got = 0;
    const error_code error = co_await peer_.read_some(octets, got, time_left(due_));
    unread_.append(octets.data(), got);
    ended_ = error == asio::error::eof;
    co_return ended_ ? error_code{} : error;
}

/// Skips interim responses (1xx).
asio::awaitable<error_code> call::read_final_response()
{
    start_parser();
    error_code error;
    for (;;) {
        unread_.erase(0, parser_->put(asio::buffer(unread_), error));
        if (error && error != http::error::need_more) {
            co_return error;
        }
        if (parser_->is_done() && parser_->get().result_int() >= 200) {
            co_return error_code{};
        }
        if (parser_->is_done()) {
            start_parser();
            if (!unread_.empty()) {
                continue;
            }
        }
        error = co_await read_more();
        if (ended_ && parser_->got_some()) {
            parser_->put_eof(error);
        } else if (ended_) {
            error = asio::error::eof;
        }
        if (error || ended_) {
            co_return error;
        }
    }
}

asio::awaitable<http_answer> call::read_answer()
{
    http_answer answer;
    answer.error = co_await read_final_response();
    if (answer.error) {
        co_return answer;
    }
    const auto& response = parser_->get();
    answer.status = response.result_int();
    for (const auto& field : response) {
        std::string name{field.name_string().data(), field.name_string().size()};
        std::transform(name.begin(), name.end(), name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        std::string& value = answer.headers[name];
        value += value.empty() ? "" : ", ";
        value.append(field.value().data(), field.value().size());
    }
    answer.body = std::move(parser_->get().body());
    co_return answer;
}

http_answer failed(const error_code& error)
{
    http_answer answer;
    answer.error = error;
    return answer;
}

} // namespace

asio::awaitable<http_answer> http_call(
    std::string method,
    std::string url,
    std::vector<std::pair<std::string, std::string>> headers,
    std::string body,
    asio::ssl::context& tls,
    milliseconds deadline)
{
    const auto due = steady_clock::now() + deadline;
    const std::optional<parsed_url> parsed = parse_url(url);
    const auto request = parsed ? request_text(method, *parsed, headers, body) : std::nullopt;
    if (!request) {
        co_return failed(asio::error::invalid_argument);
    }
    error_code error;
    const auto peer = co_await connect(parsed->host_and_port, error, deadline);
    if (!error && parsed->secure) {
        error = co_await peer->start_tls_client(tls, parsed->host, time_left(due));
    }
    if (error) {
        co_return failed(error);
    }
    call exchange{*peer, due, method == "HEAD"};
    error = co_await exchange.send(*request);
    if (error && error != asio::error::broken_pipe && error != asio::error::connection_reset) {
        co_return failed(error);
    }
    // A server that refuses early answers before it has read everything.
    http_answer answer = co_await exchange.read_answer();
    co_await peer->shut_down(call_goodbye);
    co_return answer;
}

} // namespace service
