#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// ZeroMQ inside Asio. This is the one place that knows how ZeroMQ's descriptor behaves.
namespace bus {

class zmq_context {
public:
    zmq_context();
    ~zmq_context(); ///< waits until every socket of it is destroyed
    zmq_context(const zmq_context&) = delete;
    zmq_context& operator=(const zmq_context&) = delete;
    void* raw() const { return context_; }

private:
    void* context_;
};

struct zmq_message {
    std::vector<std::string> frames; ///< at most zmq_socket::most_frames; further ones are dropped
    std::string user_id; ///< what the ZAP gate says about the sender; empty without a gate
};

enum class send_result { sent, full, unreachable };

/// One ZeroMQ socket, used from the one thread of its executor. A coroutine that waits in receive()
/// or send() must have ended before the socket is destroyed: close() ends it.
///
/// The descriptor is edge-triggered and says nothing but "look at ZMQ_EVENTS": every call that lets
/// the socket work (send, receive, reading ZMQ_EVENTS) may swallow its signal. So after each such
/// call the events are read again and whoever waits for what they show is woken; once for all calls
/// of one turn of the executor, since each look costs two system calls.
class zmq_socket {
public:
    static constexpr std::size_t most_frames = 16;

    zmq_socket(boost::asio::any_io_executor executor, zmq_context& context, int type);
    ~zmq_socket();
    zmq_socket(const zmq_socket&) = delete;
    zmq_socket& operator=(const zmq_socket&) = delete;

    void set(int option, int value);
    void set(int option, std::string_view value);
    void set_limit(std::size_t longest_frame); ///< a peer that sends a longer one is cut off
    /// Both throw std::system_error naming the endpoint.
    void bind(const std::string& endpoint);
    void connect(const std::string& endpoint);
    /// Where it is bound, with the port that the system chose.
    std::string bound_endpoint() const;
    void* raw() const { return socket_; }

    /// The next message; nullopt after close() or stop_receiving(). Does not suspend while messages
    /// are there: loops yield.
    boost::asio::awaitable<std::optional<zmq_message>> receive();
    /// Waits while no peer takes it; false after close().
    boost::asio::awaitable<bool> send(std::vector<std::string> frames);
    /// All frames or none. `full`: over the high-water mark, or nobody is connected.
    /// `until_taken` is let go of, on a thread of ZeroMQ, when the last frame has left its queue or
    /// never will.
    send_result try_send(
        std::vector<std::string> frames, std::shared_ptr<const void> until_taken = {});

    void stop_receiving(); ///< sending goes on
    void close();

private:
    bool try_receive(zmq_message& into);
    send_result send_frames(
        std::vector<std::string>& frames, const std::shared_ptr<const void>& until_taken = {});
    int look();
    void look_soon();
    void watch_descriptor();

    void* socket_;
    boost::asio::posix::stream_descriptor descriptor_;
    boost::asio::steady_timer readable_; ///< a condition: never expires, is cancelled
    boost::asio::steady_timer writable_;
    int receivers_ = 0;
    int senders_ = 0;
    bool look_due_ = false;
    bool deaf_ = false;
    bool closed_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace bus
