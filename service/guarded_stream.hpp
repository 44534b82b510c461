#pragma once

// Part of connection.cpp: the layer below TLS that looks at the clock before octets go to the
// kernel.

#include "service/connection.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sys/socket.h>
#include <utility>

namespace service {

/// An Asio AsyncStream over a socket. A write waits until the socket takes octets, asks the guard
/// for the time until which that is allowed, looks at the clock and hands over at most 16 KiB at
/// once, all in one go: a thread that was held up in between, or a peer that reads slowly, can't
/// make an octet leave too late.
class guarded_stream {
public:
    using executor_type = boost::asio::any_io_executor;
    using lowest_layer_type = boost::asio::ip::tcp::socket;
    static constexpr std::size_t longest_piece = 16 * 1024;

    explicit guarded_stream(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

    executor_type get_executor() { return socket_.get_executor(); }
    lowest_layer_type& lowest_layer() { return socket_; }
    lowest_layer_type& socket() { return socket_; }

    /// nullptr: no guard.
    void set_guard(const connection::permission* guard) { guard_ = guard; }
    /// Octets handed to the kernel so far, those of TLS included.
    std::uint64_t handed_over() const { return handed_over_; }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        return socket_.async_read_some(buffers, std::forward<Token>(token));
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        boost::asio::const_buffer first;
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto one = boost::asio::buffer_sequence_begin(buffers); one != end; ++one) {
            first = *one;
            if (first.size() != 0) {
                break;
            }
        }
        return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
            write_operation{*this, first}, token, socket_);
    }

private:
    struct write_operation {
        guarded_stream& stream;
        boost::asio::const_buffer octets;

        template <class Self>
        void operator()(Self& self)
        {
            boost::system::error_code error;
            const std::size_t handed = stream.write_now(octets, error);
            if (error == boost::asio::error::would_block) {
                wait(self);
                return;
            }
            // An operation must not complete within its own initiation.
            boost::asio::post(
                stream.get_executor(), [self = std::move(self), error, handed]() mutable {
                    self.complete(error, handed);
                });
        }

        template <class Self>
        void operator()(Self& self, boost::system::error_code error)
        {
            const std::size_t handed = error ? 0 : stream.write_now(octets, error);
            if (error == boost::asio::error::would_block) {
                wait(self);
                return;
            }
            self.complete(error, handed);
        }

        template <class Self>
        void wait(Self& self)
        {
            stream.socket_.async_wait(boost::asio::ip::tcp::socket::wait_write, std::move(self));
        }
    };

    bool permitted() const
    {
        if (guard_ == nullptr) {
            return true;
        }
        const std::optional<boot_clock::time_point> not_after = (*guard_)();
        return !not_after || boot_clock::now() <= *not_after;
    }

    std::size_t write_now(boost::asio::const_buffer octets, boost::system::error_code& error)
    {
        if (!permitted()) {
            error = boost::asio::error::timed_out;
            return 0;
        }
        const std::size_t piece = std::min(octets.size(), longest_piece);
        const ssize_t handed =
            ::send(socket_.native_handle(), octets.data(), piece, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (handed < 0) {
            error =
                errno == EINTR
                    ? boost::system::error_code{boost::asio::error::would_block}
                    : boost::system::error_code{errno, boost::asio::error::get_system_category()};
            return 0;
        }
        handed_over_ += static_cast<std::uint64_t>(handed);
        return static_cast<std::size_t>(handed);
    }

    boost::asio::ip::tcp::socket socket_;
    const connection::permission* guard_ = nullptr;
    std::uint64_t handed_over_ = 0;
};

} // namespace service
