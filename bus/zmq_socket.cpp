#include "bus/zmq_socket.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <zmq.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

namespace bus {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

[[noreturn]] void zmq_failed(const std::string& what)
{
    const int number = zmq_errno();
    throw std::system_error(
        number, std::generic_category(), what + " (" + zmq_strerror(number) + ")");
}

void* make_socket(zmq_context& context, int type)
{
    void* socket = ::zmq_socket(context.raw(), type);
    if (socket == nullptr)
        zmq_failed("cannot make a ZeroMQ socket");
    return socket;
}

int descriptor_of(void* socket)
{
    int descriptor = -1;
    std::size_t size = sizeof descriptor;
    if (zmq_getsockopt(socket, ZMQ_FD, &descriptor, &size) != 0)
        zmq_failed("cannot get the descriptor of a ZeroMQ socket");
    return descriptor;
}

struct held_octets {
    std::string octets;
    std::shared_ptr<const void> until_taken;
};

/// A frame under way; closed whatever happens.
class frame {
public:
    frame() { zmq_msg_init(&message_); }
    ~frame() { zmq_msg_close(&message_); }
    frame(const frame&) = delete;
    frame& operator=(const frame&) = delete;

    bool receive(void* socket) { return zmq_msg_recv(&message_, socket, ZMQ_DONTWAIT) >= 0; }
    /// Takes the octets over, uncopied where that pays or `until_taken` is there; false, and they
    /// are there again, when they were not sent.
    bool send(
        void* socket, std::string& octets, int more, const std::shared_ptr<const void>& until_taken)
    {
        if (octets.size() < worth_handing_over && !until_taken)
            return zmq_send(socket, octets.data(), octets.size(), ZMQ_DONTWAIT | more) >= 0;
        auto held = std::make_unique<held_octets>(held_octets{std::move(octets), until_taken});
        const auto let_go = [](void*, void* owner) { delete static_cast<held_octets*>(owner); };
        std::string& kept = held->octets;
        zmq_msg_init_data(&message_, kept.data(), kept.size(), let_go, held.get());
        held_octets* const owned = held.release();
        if (zmq_msg_send(&message_, socket, ZMQ_DONTWAIT | more) >= 0)
            return true;
        octets = std::move(owned->octets);
        return false;
    }
    bool more() const { return zmq_msg_more(&message_) != 0; }
    std::string octets()
    {
        return {static_cast<const char*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
    }
    std::string user_id() const
    {
        const char* id = zmq_msg_gets(&message_, "User-Id");
        return id == nullptr ? std::string{} : std::string{id};
    }

private:
    static constexpr std::size_t worth_handing_over = 4096;

    zmq_msg_t message_;
};

} // namespace

zmq_context::zmq_context() : context_(zmq_ctx_new())
{
    if (context_ == nullptr)
        zmq_failed("cannot make a ZeroMQ context");
}

zmq_context::~zmq_context()
{
    while (zmq_ctx_term(context_) != 0 && zmq_errno() == EINTR) {
    }
}

zmq_socket::zmq_socket(asio::any_io_executor executor, zmq_context& context, int type)
    : socket_(make_socket(context, type)),
      descriptor_(executor),
      readable_(executor, asio::steady_timer::time_point::max()),
      writable_(executor, asio::steady_timer::time_point::max())
{
    try {
        set(ZMQ_LINGER, 0);
        descriptor_.assign(descriptor_of(socket_));
        watch_descriptor();
    } catch (...) { // of descriptors that are used up, say
        zmq_close(socket_);
        throw;
    }
}

zmq_socket::~zmq_socket()
{
    *alive_ = false;
    descriptor_.release(); // it belongs to ZeroMQ, which closes it
    zmq_close(socket_);
}

void zmq_socket::set(int option, int value)
{
    if (zmq_setsockopt(socket_, option, &value, sizeof value) != 0)
        zmq_failed("cannot set option " + std::to_string(option) + " of a ZeroMQ socket");
}

void zmq_socket::set(int option, std::string_view value)
{
    if (zmq_setsockopt(socket_, option, value.data(), value.size()) != 0)
        zmq_failed("cannot set option " + std::to_string(option) + " of a ZeroMQ socket");
}

void zmq_socket::set_limit(std::size_t longest_frame)
{
    const auto limit = static_cast<std::int64_t>(longest_frame);
    if (zmq_setsockopt(socket_, ZMQ_MAXMSGSIZE, &limit, sizeof limit) != 0)
        zmq_failed("cannot limit the size of frames");
}

void zmq_socket::bind(const std::string& endpoint)
{
    if (zmq_bind(socket_, endpoint.c_str()) != 0)
        zmq_failed("cannot listen at " + endpoint);
    look_soon();
}

void zmq_socket::connect(const std::string& endpoint)
{
    if (zmq_connect(socket_, endpoint.c_str()) != 0)
        zmq_failed("cannot connect to " + endpoint);
    look_soon();
}

std::string zmq_socket::bound_endpoint() const
{
    std::array<char, 512> text{};
    std::size_t size = text.size();
    if (zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, text.data(), &size) != 0)
        zmq_failed("cannot tell where a ZeroMQ socket listens");
    return text.data();
}

asio::awaitable<std::optional<zmq_message>> zmq_socket::receive()
{
    for (;;) {
        if (closed_ || deaf_)
            co_return std::nullopt;
        zmq_message message;
        if (try_receive(message)) {
            look_soon();
            co_return message;
        }
        if ((look() & ZMQ_POLLIN) != 0)
            continue;
        // Nothing of ZeroMQ is called between that look and the wait, so no signal is lost.
        error_code ignored;
        ++receivers_;
        co_await readable_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        --receivers_;
    }
}

asio::awaitable<bool> zmq_socket::send(std::vector<std::string> frames)
{
    for (;;) {
        if (closed_)
            co_return false;
        if (send_frames(frames) == send_result::sent) {
            look_soon();
            co_return true;
        }
        error_code ignored;
        if ((look() & ZMQ_POLLOUT) != 0) {
            // Another peer of a ROUTER is writable and ours is not: looping at once would spin.
            asio::steady_timer moment{descriptor_.get_executor(), std::chrono::milliseconds{1}};
            co_await moment.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            continue;
        }
        ++senders_;
        co_await writable_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        --senders_;
    }
}

send_result zmq_socket::try_send(
    std::vector<std::string> frames, std::shared_ptr<const void> until_taken)
{
    if (closed_)
        return send_result::unreachable;
    const send_result result = send_frames(frames, until_taken);
    look_soon();
    return result;
}

void zmq_socket::stop_receiving()
{
    deaf_ = true;
    readable_.cancel();
}

void zmq_socket::close()
{
    closed_ = true;
    error_code ignored;
    descriptor_.cancel(ignored);
    readable_.cancel();
    writable_.cancel();
}

bool zmq_socket::try_receive(zmq_message& into)
{
    for (bool more = true; more;) {
        frame next;
        if (!next.receive(socket_))
            return false; // only before the first frame: messages arrive whole
        more = next.more();
        // The routing id that a ROUTER puts in front carries no user id; the peer's own frames do.
        if (into.user_id.empty())
            into.user_id = next.user_id();
        if (into.frames.size() < most_frames)
            into.frames.push_back(next.octets());
    }
    return true;
}

send_result zmq_socket::send_frames(
    std::vector<std::string>& frames, const std::shared_ptr<const void>& until_taken)
{
    for (std::size_t at = 0; at < frames.size(); ++at) {
        const bool is_last = at + 1 == frames.size();
        frame next;
        if (is_last ? next.send(socket_, frames[at], 0, until_taken)
                    : next.send(socket_, frames[at], ZMQ_SNDMORE, nullptr))
            continue;
        if (zmq_errno() == EAGAIN) // only the first frame can be refused
            return send_result::full;
        if (zmq_errno() == EHOSTUNREACH)
            return send_result::unreachable;
        zmq_failed("cannot send");
    }
    return send_result::sent;
}

int zmq_socket::look()
{
    int events = 0;
    std::size_t size = sizeof events;
    if (zmq_getsockopt(socket_, ZMQ_EVENTS, &events, &size) != 0)
        return 0;
    if (receivers_ > 0 && (events & ZMQ_POLLIN) != 0)
        readable_.cancel();
    if (senders_ > 0 && (events & ZMQ_POLLOUT) != 0)
        writable_.cancel();
    return events;
}

void zmq_socket::look_soon()
{
    if (look_due_ || (receivers_ == 0 && senders_ == 0))
        return;
    look_due_ = true;
    asio::post(descriptor_.get_executor(), [this, alive = alive_] {
        if (!*alive)
            return;
        look_due_ = false;
        look();
    });
}

void zmq_socket::watch_descriptor()
{
    const auto woken = [this, alive = alive_](error_code error) {
        if (error || !*alive || closed_)
            return;
        look();
        watch_descriptor();
    };
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read, woken);
}

} // namespace bus
