#include "gateway/smtp_listener.hpp"

#include "gateway/smtp_connection.hpp"
#include "gateway/smtp_reply.hpp"
#include "service/connection.hpp"
#include "service/log.hpp"
#include "service/session_group.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>
#include <utility>

namespace gateway {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// Connections that are being told why they are refused; beyond them they are dropped without a
/// word.
constexpr std::size_t refusals_at_once = 64;

} // namespace

struct smtp_listener::state {
    state(
        asio::ip::tcp::acceptor listening,
        std::string name,
        std::shared_ptr<asio::ssl::context> context,
        smtp_limits wanted,
        smtp_receiver& policy,
        service::log& sink)
        : acceptor(std::move(listening)),
          host_name(std::move(name)),
          tls(std::move(context)),
          limits(wanted),
          receiver(policy),
          log(sink),
          sessions(acceptor.get_executor(), sink),
          pause(acceptor.get_executor())
    {}

    asio::awaitable<void> accept_all();
    void admit(asio::ip::tcp::socket socket);
    asio::awaitable<void> converse(std::shared_ptr<smtp_connection> session, std::string address);
    void refuse(std::shared_ptr<service::connection> peer, const smtp_reply& reply);
    asio::awaitable<void> turn_away(std::shared_ptr<service::connection> peer, std::string reply);
    void leave(const std::string& address);

    asio::ip::tcp::acceptor acceptor;
    std::string host_name;
    std::shared_ptr<asio::ssl::context> tls;
    smtp_limits limits;
    smtp_receiver& receiver;
    service::log& log;
    service::session_group sessions;
    asio::steady_timer pause;
    std::map<std::string, std::size_t> by_address;
    std::size_t open = 0;
    std::size_t refusals = 0;
    bool stopping = false;
    std::chrono::milliseconds patience{5000};
};

smtp_listener::smtp_listener(
    asio::ip::tcp::acceptor acceptor,
    std::string host_name,
    std::shared_ptr<asio::ssl::context> tls,
    smtp_limits limits,
    smtp_receiver& receiver,
    service::log& log)
    : state_(std::make_shared<state>(
          std::move(acceptor), std::move(host_name), std::move(tls), limits, receiver, log))
{}

smtp_listener::~smtp_listener() = default;

asio::awaitable<void> smtp_listener::serve()
{
    const auto self = state_;
    co_await self->accept_all();
    co_await self->sessions.drain(self->patience);
}

void smtp_listener::stop(std::chrono::milliseconds patience)
{
    state_->patience = patience;
    state_->stopping = true;
    boost::system::error_code ignored; // closed already is as good
    state_->acceptor.close(ignored);
    state_->pause.cancel();
}

asio::awaitable<void> smtp_listener::state::accept_all()
{
    while (!stopping) {
        boost::system::error_code error;
        auto socket =
            co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (stopping) {
            co_return;
        }
        if (error == asio::error::operation_aborted) {
            co_return;
        }
        if (error) {
            // Out of descriptors, mostly: the backlog waits until a session ends.
            log.warning("smtp accept failed", {{"error", error.message()}});
            pause.expires_after(50ms);
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
            continue;
        }
        admit(std::move(socket));
    }
}

void smtp_listener::state::admit(asio::ip::tcp::socket socket)
{
    std::shared_ptr<service::connection> peer = service::make_connection(std::move(socket));
    if (const auto closed = receiver.turned_away()) {
        refuse(peer, *closed);
        return;
    }
    const auto address = peer->remote_address();
    const auto known = by_address.find(address);
    const auto from_there = known == by_address.end() ? 0 : known->second;
    if (open >= limits.connections || from_there >= limits.connections_per_address) {
        refuse(peer, reply_for(smtp_outcome::too_many_connections, host_name));
        return;
    }
    ++open;
    ++by_address[address];
    const auto session =
        std::make_shared<smtp_connection>(peer, host_name, tls.get(), limits, receiver);
    sessions.spawn(
        "smtp session",
        [this, session, address] { return converse(session, address); },
        [session] { session->stop(); });
}

asio::awaitable<void> smtp_listener::state::converse(
    std::shared_ptr<smtp_connection> session, std::string address)
{
    struct place {
        state& here;
        const std::string& address;
        ~place() { here.leave(address); }
    } const taken{*this, address};
    co_await session->run();
}

void smtp_listener::state::refuse(
    std::shared_ptr<service::connection> peer, const smtp_reply& reply)
{
    if (refusals >= refusals_at_once) {
        return;
    }
    ++refusals;
    sessions.spawn(
        "smtp refusal", [this, peer, text = reply.wire()] { return turn_away(peer, text); });
}

asio::awaitable<void> smtp_listener::state::turn_away(
    std::shared_ptr<service::connection> peer, std::string reply)
{
    struct place {
        state& here;
        ~place() { --here.refusals; }
    } const taken{*this};
    std::size_t written = 0;
    if (!co_await peer->write(reply, written, 1s)) {
        co_await peer->shut_down(1s);
    }
}

void smtp_listener::state::leave(const std::string& address)
{
    --open;
    const auto entry = by_address.find(address);
    if (--entry->second == 0) {
        by_address.erase(entry);
    }
}

} // namespace gateway
