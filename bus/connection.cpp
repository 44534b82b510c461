#include "bus/connection.hpp"

#include "bus/curve.hpp"
#include "service/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <zmq.h>

#include <utility>

namespace bus {
namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

// Silence is counted in ticks and not in time: a process that was stopped itself must not blame the
// broker.
constexpr milliseconds tick{250};
constexpr unsigned ticks_to_keep_alive = 4;
constexpr unsigned ticks_to_give_up = 10;
constexpr unsigned ticks_to_warn = 20;
constexpr milliseconds pause_between_sockets{50};
constexpr std::size_t answers_a_turn = 64;
constexpr int patience_for_room = 10; // times that for an answer

} // namespace

connection::connection(asio::any_io_executor executor, client_settings settings, service::log& log)
    : executor_(executor),
      settings_(std::move(settings)),
      log_(log),
      changed_(executor, asio::steady_timer::time_point::max()),
      pause_(executor),
      tick_(executor)
{}

connection::~connection() = default;

void connection::start()
{
    const auto ended = [self = shared_from_this()](std::exception_ptr failure) {
        try {
            if (failure)
                std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            self->log_.error("bus.client_failed", {{"reason", error.what()}});
        }
    };
    asio::co_spawn(executor_, run(), ended);
    asio::co_spawn(executor_, watch(), ended);
}

void connection::close()
{
    closed_ = true;
    send_outgoing();
    start_over();
    pause_.cancel();
    tick_.cancel();
}

asio::awaitable<void> connection::ready()
{
    const auto self = shared_from_this();
    while (!connected() && !closed_) {
        error_code ignored;
        co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

asio::awaitable<void> connection::run()
{
    const auto self = shared_from_this();
    while (!closed_) {
        try {
            co_await one_socket();
        } catch (const std::exception& error) { // out of descriptors, mostly: that passes
            if (!std::exchange(said_unreachable_, true))
                log_.error("bus.client_failed", {{"reason", error.what()}});
        }
        error_code ignored;
        pause_.expires_after(pause_between_sockets);
        if (!closed_)
            co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

asio::awaitable<void> connection::one_socket()
{
    zmq_socket socket{executor_, context_, ZMQ_DEALER};
    configure(socket);
    socket_ = &socket;
    const std::shared_ptr<void> at_end{nullptr, [this](void*) {
                                           socket_ = nullptr;
                                           report_lost();
                                       }};
    bundle first;
    first.add(hello());
    std::vector<std::string> frames;
    frames.push_back(first.take());
    if (!co_await socket.send(std::move(frames)))
        co_return;
    change(state::greeting);
    for (std::size_t taken = 0;;) {
        std::optional<zmq_message> message = co_await socket.receive();
        if (!message)
            co_return;
        silent_ticks_ = 0;
        auto packets =
            from_bundle(std::move(message->frames.front())).value_or(std::vector<packet>{});
        taken += packets.size() + 1;
        for (packet& parcel : packets)
            take(std::move(parcel));
        if (taken < answers_a_turn)
            continue;
        taken = 0;
        co_await asio::post(executor_, asio::use_awaitable);
    }
}

void connection::configure(zmq_socket& socket)
{
    socket.set(ZMQ_IMMEDIATE, 1); // else requests wait for, and reach, the next broker
    socket.set(ZMQ_HANDSHAKE_IVL, 5000);
    // No heartbeats of ZeroMQ's: libzmq 4.3.4 ends a process (!_io_error) that has one to send, or
    // one to answer, where the other side went while more of it waited. watch() asks instead.
    socket.set(ZMQ_RECONNECT_IVL, 50);
    socket.set(ZMQ_RECONNECT_IVL_MAX, 500);
    socket.set_limit(limit::frame);
    const curve_pair own{settings_.public_key, settings_.secret_key};
    secure_client(socket, settings_.server_public_key, own);
    socket.connect(settings_.endpoint);
}

packet connection::hello()
{
    packet parcel;
    parcel.verb = verb::hello;
    parcel.request = hello_request_ = new_request();
    return parcel;
}

asio::awaitable<void> connection::watch()
{
    const auto self = shared_from_this();
    while (!closed_) {
        error_code ignored;
        tick_.expires_after(tick);
        co_await tick_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        expire_requests();
        notice_silence();
    }
}

void connection::notice_silence()
{
    ++silent_ticks_;
    if (state_ == state::connecting) {
        if (silent_ticks_ >= ticks_to_warn && !std::exchange(said_unreachable_, true))
            log_.warning(
                "bus.unreachable",
                {{"endpoint", settings_.endpoint},
                 {"remedy",
                  "is sealpost-bus running, and does it list this process's public key?"}});
    } else if (silent_ticks_ >= ticks_to_give_up) {
        log_.warning("bus.silent", {{"endpoint", settings_.endpoint}});
        start_over();
    } else if (connected() && silent_ticks_ % ticks_to_keep_alive == 0) {
        tell(new_request(), verb::head, {}); // any answer will do
    }
}

void connection::expire_requests()
{
    const auto now = std::chrono::steady_clock::now();
    for (auto at = pending_.begin(); at != pending_.end();) {
        if (at->second.deadline > now) {
            ++at;
            continue;
        }
        const auto expired = std::move(at->second.done);
        at = pending_.erase(at);
        expired({errc::unknown_outcome, {}});
    }
}

void connection::start_over()
{
    if (socket_ != nullptr)
        socket_->close(); // one_socket() sees it and ends
    report_lost();
}

void connection::report_lost()
{
    change(state::connecting);
    outgoing_ = {};
    for (auto& [request, waiting] : std::exchange(pending_, {}))
        waiting.done({waiting.sent ? errc::unknown_outcome : errc::unavailable, {}});
    for (auto& [request, stream] : std::exchange(streams_, {})) {
        stream->lost = true;
        stream->wake.cancel();
    }
}

void connection::change(state next)
{
    state_ = next;
    silent_ticks_ = 0;
    changed_.cancel();
}

bool connection::tell(std::uint64_t request, std::string_view verb, std::string body)
{
    if (!connected() || socket_ == nullptr)
        return false;
    packet parcel;
    parcel.verb = verb;
    parcel.request = request;
    parcel.broker = broker_;
    parcel.body = std::move(body);
    if (!outgoing_.takes(parcel) && !send_outgoing())
        return false;
    outgoing_.add(parcel);
    send_soon();
    return true;
}

void connection::send_soon()
{
    if (std::exchange(send_due_, true))
        return;
    asio::post(executor_, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self)
            return;
        self->send_due_ = false;
        self->send_outgoing();
    });
}

/// False: nobody is there any more (ZMQ_IMMEDIATE).
bool connection::send_outgoing()
{
    if (outgoing_.empty())
        return true;
    std::vector<std::string> frames;
    frames.push_back(outgoing_.take());
    if (socket_ == nullptr || socket_->try_send(std::move(frames)) != send_result::sent) {
        start_over();
        return false;
    }
    // Requests are numbered in order: those that have not gone out are the last.
    for (auto at = pending_.rbegin(); at != pending_.rend() && !at->second.sent; ++at)
        at->second.sent = true;
    return true;
}

bool connection::ask(
    std::uint64_t request,
    std::string_view verb,
    std::string body,
    std::function<void(answer)> done)
{
    return ask_within(settings_.timeout, request, verb, std::move(body), std::move(done));
}

bool connection::ask_within(
    milliseconds patience,
    std::uint64_t request,
    std::string_view verb,
    std::string body,
    std::function<void(answer)> done)
{
    if (!tell(request, verb, std::move(body)))
        return false;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    pending_.emplace(request, pending_request{std::move(done), deadline, std::string{verb}});
    return true;
}

asio::awaitable<answer> connection::ask(
    std::string_view verb, std::string body, std::uint64_t request)
{
    const auto self = shared_from_this();
    if (body.size() > limit::without_room) {
        std::string octets = octet_writer{}.u32(static_cast<std::uint32_t>(body.size())).take();
        const milliseconds patience = settings_.timeout * patience_for_room;
        answer room = co_await ask_and_wait(patience, new_request(), verb::room, std::move(octets));
        if (room.error == errc::unknown_outcome)
            room.error = errc::unavailable; // nothing that matters was sent
        if (room.error)
            co_return room;
    }
    if (request == 0)
        request = new_request();
    answer said = co_await ask_and_wait(settings_.timeout, request, verb, std::move(body));
    co_return said;
}

asio::awaitable<answer> connection::ask_and_wait(
    milliseconds patience, std::uint64_t request, std::string_view verb, std::string body)
{
    // Shared with the callback, which may come after a caller that was cancelled.
    struct waiting {
        explicit waiting(asio::any_io_executor executor)
            : wake(executor, asio::steady_timer::time_point::max())
        {}
        asio::steady_timer wake;
        std::optional<answer> said;
    };
    const auto self = shared_from_this();
    const auto wait = std::make_shared<waiting>(executor_);
    const auto done = [wait](answer said) {
        wait->said = std::move(said);
        wait->wake.cancel();
    };
    if (!ask_within(patience, request, verb, std::move(body), done)) {
        answer nothing_sent{errc::unavailable, {}};
        co_return nothing_sent;
    }
    while (!wait->said) {
        error_code ignored;
        co_await wait->wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return std::move(*wait->said);
}

void connection::open_stream(std::uint64_t request, event_stream& stream)
{
    streams_[request] = &stream;
}

void connection::forget_stream(std::uint64_t request)
{
    if (streams_.erase(request) > 0)
        tell(request, verb::cancel, {});
}

} // namespace bus
