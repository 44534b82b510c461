#pragma once

#include "bus/bundle.hpp"
#include "bus/client.hpp"
#include "bus/protocol.hpp"
#include "bus/zmq_socket.hpp"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace bus {

/// What the broker said: a body, or why not.
struct answer {
    boost::system::error_code error;
    std::string body;
};

/// What one subscription has received and not handled yet; the broker's credit bounds it.
struct event_stream {
    explicit event_stream(boost::asio::any_io_executor executor)
        : wake(executor, boost::asio::steady_timer::time_point::max())
    {}
    std::deque<std::string> arrived; ///< bodies of `events` packets
    bool lost = false;               ///< nothing more will come; subscribe again,
    bool damaged = false;            ///< but not where the next event is damaged
    boost::asio::steady_timer wake;  ///< a condition: cancelled when one of the above changed
};

/// The state machine of a client's connection: connecting (no peer yet), greeting (hello is on the
/// way), greeted. Whatever goes wrong ends in one way: the socket is dropped with what it had not
/// sent, everything that waits is told, and a new socket begins. Nothing is sent twice.
///
/// Kept alive by its own coroutines; close() ends them.
class connection : public std::enable_shared_from_this<connection> {
public:
    connection(boost::asio::any_io_executor executor, client_settings settings, service::log& log);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    void start();
    void close();

    bool connected() const { return state_ == state::greeted; }
    bool closed() const { return closed_; }
    /// Waits until connected or closed.
    boost::asio::awaitable<void> ready();
    const std::string& log_id() const { return log_id_; }
    const std::string& origin() const { return origin_; }
    boost::asio::any_io_executor executor() const { return executor_; }
    const client_settings& settings() const { return settings_; }
    service::log& log() { return log_; }

    std::uint64_t new_request() { return ++last_request_; }
    /// Calls `done` exactly once, never before it returns true; false: nothing will be sent. What
    /// is asked and told in one turn of the executor goes out together, at its end.
    bool ask(
        std::uint64_t request,
        std::string_view verb,
        std::string body,
        std::function<void(answer)> done);
    /// What is large waits until the broker has room for it.
    boost::asio::awaitable<answer> ask(
        std::string_view verb, std::string body, std::uint64_t request = 0);
    /// For what has no answer.
    bool tell(std::uint64_t request, std::string_view verb, std::string body);

    /// `stream` gets the events of subscription `request` until forget_stream.
    void open_stream(std::uint64_t request, event_stream& stream);
    void forget_stream(std::uint64_t request);

private:
    enum class state { connecting, greeting, greeted };
    struct pending_request {
        std::function<void(answer)> done;
        std::chrono::steady_clock::time_point deadline;
        std::string verb;
        bool sent = false;
    };

    bool ask_within(
        std::chrono::milliseconds patience,
        std::uint64_t request,
        std::string_view verb,
        std::string body,
        std::function<void(answer)> done);
    boost::asio::awaitable<answer> ask_and_wait(
        std::chrono::milliseconds patience,
        std::uint64_t request,
        std::string_view verb,
        std::string body);
    boost::asio::awaitable<void> run();
    boost::asio::awaitable<void> one_socket();
    boost::asio::awaitable<void> watch();
    void configure(zmq_socket& socket);
    packet hello();
    void take(packet parcel);
    void take_greeting(const packet& parcel);
    void take_answer(packet parcel);
    void take_end(const packet& parcel);
    boost::system::error_code understand(const pending_request& asked, const std::string& body);
    void expire_requests();
    void notice_silence();
    bool send_outgoing();
    void send_soon();
    void start_over();
    void report_lost();
    void change(state next);

    boost::asio::any_io_executor executor_;
    client_settings settings_;
    service::log& log_;
    zmq_context context_;
    zmq_socket* socket_ = nullptr; ///< lives in one_socket()
    state state_ = state::connecting;
    bool closed_ = false;
    bool said_unreachable_ = false;
    unsigned silent_ticks_ = 0;
    std::uint64_t last_request_ = 0;
    std::uint64_t hello_request_ = 0;
    broker_id broker_{};
    std::string log_id_;
    std::string origin_;
    bundle outgoing_;
    bool send_due_ = false;
    std::map<std::uint64_t, pending_request> pending_;
    std::map<std::uint64_t, event_stream*> streams_;
    boost::asio::steady_timer changed_; ///< a condition: cancelled when state_ changed
    boost::asio::steady_timer pause_;
    boost::asio::steady_timer tick_;
};

} // namespace bus
