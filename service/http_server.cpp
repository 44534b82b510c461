#include "service/http_server.hpp"

#include "service/http_session.hpp"
#include "service/log.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/status.hpp>

#include <map>
#include <utility>

namespace service {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

/// Without it, a process that is out of descriptors would spin.
constexpr milliseconds back_off{50};

http_response plain_page(unsigned status)
{
    const auto known = boost::beast::http::int_to_status(status);
    const std::string reason = boost::beast::http::obsolete_reason(known);
    return text_response(status, std::to_string(status) + " " + reason + "\n");
}

/// How many connections each address has.
class connection_counts : public std::enable_shared_from_this<connection_counts> {
public:
    std::size_t of(const std::string& address) const
    {
        const auto known = counts_.find(address);
        return known == counts_.end() ? 0 : known->second;
    }
    /// Counts one more until the last copy of the answer is gone.
    std::shared_ptr<void> enter(const std::string& address)
    {
        ++counts_[address];
        return {nullptr, [self = shared_from_this(), address](void*) { self->leave(address); }};
    }

private:
    void leave(const std::string& address)
    {
        if (--counts_[address] == 0) {
            counts_.erase(address);
        }
    }
    std::map<std::string, std::size_t> counts_;
};

} // namespace

struct http_server::state {
    state(tcp::acceptor wanted_acceptor, std::shared_ptr<http_site> wanted_site)
        : acceptor(std::move(wanted_acceptor)),
          site(std::move(wanted_site)),
          sessions(acceptor.get_executor(), site->log),
          stopped(acceptor.get_executor())
    {}

    void admit(tcp::socket socket);
    asio::awaitable<void> accept_until_stopped();

    tcp::acceptor acceptor;
    std::shared_ptr<http_site> site; ///< also of the sessions, which may end after the server
    std::shared_ptr<connection_counts> counts = std::make_shared<connection_counts>();
    session_group sessions;
    asio::steady_timer stopped;
    milliseconds patience{3000};
    bool stopping = false;
};

void http_server::state::admit(tcp::socket socket)
{
    std::unique_ptr<connection> peer = make_connection(std::move(socket));
    const std::string address = peer->remote_address();
    const bool full = sessions.size() >= site->limits.connections;
    if (full || counts->of(address) >= site->limits.connections_per_address) {
        site->log.warning(
            "http.connection_refused",
            {{"remote", address}, {"limit", full ? "connections" : "connections_per_address"}});
        peer->abort();
        return;
    }
    const auto session = std::make_shared<http_session>(std::move(peer), site);
    sessions.spawn(
        "http",
        [session, counted = counts->enter(address)] { return session->serve(); },
        [session] { session->stop(); });
}

asio::awaitable<void> http_server::state::accept_until_stopped()
{
    while (!stopping) {
        error_code error;
        tcp::socket socket{acceptor.get_executor()};
        co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
        if (!error) {
            admit(std::move(socket));
        } else if (
            !stopping && error != asio::error::connection_aborted &&
            error != asio::error::operation_aborted) {
            site->log.warning("http.accept_failed", {{"reason", error.message()}});
            stopped.expires_after(back_off);
            co_await stopped.async_wait(asio::redirect_error(asio::use_awaitable, error));
        }
    }
}

http_server::http_server(
    tcp::acceptor acceptor,
    std::shared_ptr<asio::ssl::context> tls,
    std::vector<http_route> routes,
    http_limits limits,
    service::log& log)
    : state_(std::make_shared<state>(
          std::move(acceptor),
          std::make_shared<http_site>(
              http_site{http_routes{std::move(routes)}, limits, std::move(tls), log, plain_page})))
{}

http_server::~http_server() = default;

void http_server::on_error(std::function<http_response(unsigned status)> page)
{
    state_->site->error_page = std::move(page);
}

asio::awaitable<void> http_server::serve()
{
    const std::shared_ptr<state> self = state_;
    co_await self->accept_until_stopped();
    co_await self->sessions.drain(self->patience);
}

void http_server::stop(milliseconds patience)
{
    error_code ignored; // it may be closed already
    state_->stopping = true;
    state_->patience = patience;
    state_->acceptor.close(ignored);
    state_->stopped.cancel();
}

} // namespace service
