#include "service/connection.hpp"

#include "service/deadline.hpp"
#include "service/guarded_stream.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace service {
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// Linux doubles what is asked for, and then counts its own overhead too.
constexpr int send_buffer = 32 * 1024;
constexpr std::size_t longest_goodbye = 256 * 1024;

deadline::due_time due_in(milliseconds allowed)
{
    return [due = steady_clock::now() + allowed] { return due; };
}

/// The earlier of the operation's deadline and the end of its permission, which may move.
deadline::due_time due_while(milliseconds allowed, const connection::permission& not_after)
{
    const auto latest = steady_clock::now() + allowed;
    if (!not_after) {
        return [latest] { return latest; };
    }
    return [latest, &not_after] {
        const std::optional<boot_clock::time_point> permitted = not_after();
        if (!permitted) {
            return latest;
        }
        // What is over ends now: its distance may be more than a duration holds.
        const auto boot_now = boot_clock::now();
        const auto now = steady_clock::now();
        return *permitted <= boot_now ? now : std::min(latest, now + (*permitted - boot_now));
    };
}

std::string text_of(asio::ip::address address)
{
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    return address.to_string();
}

/// One operation under the watchdog. A cancellation of the whole coroutine is passed on to the
/// operation, whose own slot is taken by the watchdog.
class timed_operation {
public:
    timed_operation(
        deadline& watch,
        deadline::side side,
        deadline::due_time due,
        const asio::cancellation_state& coroutine)
        : watch_(watch), side_(side), coroutine_(coroutine.slot())
    {
        watch_.start(side_, std::move(due));
        if (coroutine_.is_connected()) {
            coroutine_.assign([this](asio::cancellation_type) { watch_.cancel(side_); });
        }
    }
    ~timed_operation() { finish(); }
    timed_operation(const timed_operation&) = delete;
    timed_operation& operator=(const timed_operation&) = delete;

    asio::cancellation_slot slot() { return watch_.slot(side_); }
    bool is_ending() const { return watch_.is_ending(side_); }

    /// What the operation's end means.
    error_code finish(error_code error = {})
    {
        if (std::exchange(finished_, true)) {
            return error;
        }
        if (coroutine_.is_connected()) {
            coroutine_.clear();
        }
        const bool expired = watch_.finish(side_);
        return error && expired ? error_code{asio::error::timed_out} : error;
    }

private:
    deadline& watch_;
    deadline::side side_;
    asio::cancellation_slot coroutine_;
    bool finished_ = false;
};

/// While it lives, the stream hands nothing over after the permission ends.
class guard_scope {
public:
    guard_scope(guarded_stream& stream, const connection::permission& not_after) : stream_(stream)
    {
        stream_.set_guard(not_after ? &not_after : nullptr);
    }
    ~guard_scope() { stream_.set_guard(nullptr); }
    guard_scope(const guard_scope&) = delete;
    guard_scope& operator=(const guard_scope&) = delete;

private:
    guarded_stream& stream_;
};

class stream_connection final : public connection {
public:
    explicit stream_connection(asio::ip::tcp::socket socket);

    asio::awaitable<error_code> read_some(
        std::span<char> into, std::size_t& got, milliseconds allowed) override;
    asio::awaitable<error_code> write(
        std::string_view octets,
        std::size_t& written,
        milliseconds allowed,
        std::optional<boot_clock::time_point> not_after) override;
    asio::awaitable<error_code> write_while(
        std::string_view octets,
        std::size_t& written,
        milliseconds allowed,
        const permission& not_after) override;
    asio::awaitable<error_code> start_tls_server(ssl::context& tls, milliseconds allowed) override;
    asio::awaitable<error_code> start_tls_client(
        ssl::context& tls, const std::string& host, milliseconds allowed) override;
    bool is_tls() const override { return tls_.has_value(); }
    std::string remote_address() const override { return remote_address_; }
    asio::awaitable<void> shut_down(milliseconds allowed) override;
    void abort() override;
    void cancel_read() override { watch_.cancel(deadline::reading); }

private:
    asio::awaitable<std::size_t> write_piece(
        std::string_view piece, asio::cancellation_slot slot, error_code& error);
    asio::awaitable<error_code> handshake(
        ssl::stream_base::handshake_type type, milliseconds allowed);
    asio::awaitable<void> read_to_the_end(steady_clock::time_point due);

    guarded_stream stream_;
    std::optional<ssl::stream<guarded_stream&>> tls_;
    deadline watch_;
    std::string remote_address_;
    bool broken_ = false; ///< a TLS record left incomplete: nothing can follow it
};

stream_connection::stream_connection(asio::ip::tcp::socket socket)
    : stream_(std::move(socket)), watch_(stream_.get_executor())
{
    error_code ignored; // a peer that is gone already shows at the first read
    stream_.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
    stream_.socket().set_option(asio::socket_base::send_buffer_size{send_buffer}, ignored);
    stream_.socket().non_blocking(true, ignored);
    const auto peer = stream_.socket().remote_endpoint(ignored);
    remote_address_ = ignored ? std::string{"unknown"} : text_of(peer.address());
}

asio::awaitable<error_code> stream_connection::read_some(
    std::span<char> into, std::size_t& got, milliseconds allowed)
{
    got = 0;
    error_code error;
    const asio::cancellation_state coroutine = co_await asio::this_coro::cancellation_state;
    timed_operation operation{watch_, deadline::reading, due_in(allowed), coroutine};
    const auto buffer = asio::buffer(into.data(), into.size());
    auto token = asio::redirect_error(
        asio::bind_cancellation_slot(operation.slot(), asio::use_awaitable), error);
    if (tls_) {
        got = co_await tls_->async_read_some(buffer, token);
    } else {
        got = co_await stream_.async_read_some(buffer, token);
    }
    co_return operation.finish(error);
}

asio::awaitable<error_code> stream_connection::write(
    std::string_view octets,
    std::size_t& written,
    milliseconds allowed,
    std::optional<boot_clock::time_point> not_after)
{
    permission constant;
    if (not_after) {
        constant = [not_after] { return not_after; };
    }
    co_return co_await write_while(octets, written, allowed, constant);
}

asio::awaitable<error_code> stream_connection::write_while(
    std::string_view octets,
    std::size_t& written,
    milliseconds allowed,
    const permission& not_after)
{
    written = 0;
    error_code error;
    if (broken_) {
        co_return error_code{asio::error::broken_pipe};
    }
    const asio::cancellation_state coroutine = co_await asio::this_coro::cancellation_state;
    timed_operation operation{watch_, deadline::writing, due_while(allowed, not_after), coroutine};
    const guard_scope guard{stream_, not_after};
    while (!octets.empty() && !error) {
        const std::string_view piece = octets.substr(0, guarded_stream::longest_piece);
        const std::size_t handed = co_await write_piece(piece, operation.slot(), error);
        written += handed;
        octets.remove_prefix(handed);
        if (!octets.empty() && !error && operation.is_ending()) {
            error = asio::error::operation_aborted;
        }
    }
    co_return operation.finish(error);
}

asio::awaitable<std::size_t> stream_connection::write_piece(
    std::string_view piece, asio::cancellation_slot slot, error_code& error)
{
    const auto buffer = asio::buffer(piece.data(), piece.size());
    auto token =
        asio::redirect_error(asio::bind_cancellation_slot(slot, asio::use_awaitable), error);
    if (!tls_) {
        co_return co_await stream_.async_write_some(buffer, token);
    }
    const std::uint64_t before = stream_.handed_over();
    const std::size_t handed = co_await tls_->async_write_some(buffer, token);
    broken_ = broken_ || error;
    co_return error&& stream_.handed_over() != before ? piece.size() : handed;
}

asio::awaitable<error_code> stream_connection::handshake(
    ssl::stream_base::handshake_type type, milliseconds allowed)
{
    error_code error;
    const asio::cancellation_state coroutine = co_await asio::this_coro::cancellation_state;
    timed_operation operation{watch_, deadline::reading, due_in(allowed), coroutine};
    auto token = asio::redirect_error(
        asio::bind_cancellation_slot(operation.slot(), asio::use_awaitable), error);
    co_await tls_->async_handshake(type, token);
    broken_ = broken_ || error;
    co_return operation.finish(error);
}

asio::awaitable<error_code> stream_connection::start_tls_server(
    ssl::context& tls, milliseconds allowed)
{
    tls_.emplace(stream_, tls);
    co_return co_await handshake(ssl::stream_base::server, allowed);
}

asio::awaitable<error_code> stream_connection::start_tls_client(
    ssl::context& tls, const std::string& host, milliseconds allowed)
{
    tls_.emplace(stream_, tls);
    if (!host.empty()) {
        error_code no_address;
        asio::ip::make_address(host, no_address);
        if (no_address) { // RFC 6066: no addresses in the server name
            SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
        }
        tls_->set_verify_callback(ssl::host_name_verification{host});
    }
    co_return co_await handshake(ssl::stream_base::client, allowed);
}

/// Closing a socket with unread octets sends RST, which can destroy the answer on its way to the
/// peer.
asio::awaitable<void> stream_connection::read_to_the_end(steady_clock::time_point due)
{
    std::array<char, 4096> discarded{};
    error_code error;
    const asio::cancellation_state coroutine = co_await asio::this_coro::cancellation_state;
    timed_operation operation{watch_, deadline::reading, [due] { return due; }, coroutine};
    auto token = asio::redirect_error(
        asio::bind_cancellation_slot(operation.slot(), asio::use_awaitable), error);
    for (std::size_t total = 0; !error && !operation.is_ending() && total < longest_goodbye;) {
        total += co_await stream_.async_read_some(asio::buffer(discarded), token);
    }
}

asio::awaitable<void> stream_connection::shut_down(milliseconds allowed)
{
    const auto due = steady_clock::now() + allowed;
    error_code error;
    if (tls_ && !broken_) {
        const asio::cancellation_state coroutine = co_await asio::this_coro::cancellation_state;
        timed_operation operation{watch_, deadline::writing, [due] { return due; }, coroutine};
        auto token = asio::redirect_error(
            asio::bind_cancellation_slot(operation.slot(), asio::use_awaitable), error);
        co_await tls_->async_shutdown(token);
    }
    stream_.socket().shutdown(asio::socket_base::shutdown_send, error);
    if (!error) {
        co_await read_to_the_end(due);
    }
    stream_.socket().close(error);
}

void stream_connection::abort()
{
    error_code ignored; // it ends either way
    stream_.socket().set_option(asio::socket_base::linger{true, 0}, ignored);
    stream_.socket().close(ignored);
}

} // namespace

milliseconds time_left(steady_clock::time_point due)
{
    const auto left = std::chrono::duration_cast<milliseconds>(due - steady_clock::now());
    return std::max(left, milliseconds{0});
}

boot_clock::time_point boot_clock::now()
{
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return time_point{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

asio::awaitable<error_code> connection::write_while(
    std::string_view octets,
    std::size_t& written,
    milliseconds deadline,
    const permission& not_after)
{
    const auto until = not_after ? not_after() : std::nullopt;
    co_return co_await write(octets, written, deadline, until);
}

std::unique_ptr<connection> make_connection(asio::ip::tcp::socket socket)
{
    return std::make_unique<stream_connection>(std::move(socket));
}

} // namespace service
