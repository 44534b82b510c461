#include "gateway/gateway.hpp"

#include "bus/client.hpp"
#include "bus/follower.hpp"
#include "bus/snapshots.hpp"
#include "encryptor/secret.hpp"
#include "encryptor/smime.hpp"
#include "gateway/accept_mail.hpp"
#include "gateway/deliver_mail.hpp"
#include "gateway/mail_log.hpp"
#include "gateway/settings.hpp"
#include "gateway/smtp_listener.hpp"
#include "mail/event_json.hpp"
#include "mail/ledger.hpp"
#include "service/context.hpp"
#include "service/http_server.hpp"
#include "service/log.hpp"
#include "service/session_group.hpp"
#include "service/tls.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gateway {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

namespace {

constexpr auto drain_patience = 8s;

mail::bus_time wall_clock()
{
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

acceptance_settings acceptance_of(const settings& wanted)
{
    return {
        wanted.host_name, wanted.networks, wanted.portal_box_public, wanted.gateway_box.public_key};
}

delivery_settings delivery_of(const settings& wanted)
{
    delivery_settings delivery;
    delivery.next_hop = wanted.next_hop;
    delivery.retry = wanted.retry;
    delivery.concurrency = wanted.delivery_concurrency;
    return delivery;
}

/// The parts of the process, wired: the log feeds the ledger, the ledger tells both directions of
/// mail.
class gateway_process {
public:
    gateway_process(service::context& process, settings wanted);

    asio::awaitable<void> run();

private:
    void apply(const bus::stored_event& stored);
    bus::snapshots::state kept_state();
    asio::awaitable<void> open_when_caught_up();
    service::readiness readiness() const;
    std::vector<service::http_route> health_routes();

    service::context& process_;
    settings wanted_;
    encryptor::signing_identity signer_;
    mail::ledger ledger_;
    bus::client bus_;
    bus::follower follower_;
    bus::snapshots snapshots_;
    bus_mail_log log_;
    bool caught_up_ = false;
    accept_mail accept_;
    deliver_mail deliver_;
    smtp_listener smtp_;
    service::http_server health_;
    service::session_group parts_;
};

gateway_process::gateway_process(service::context& process, settings wanted)
    : process_(process),
      wanted_(std::move(wanted)),
      signer_(wanted_.signer_certificate, wanted_.signer_key),
      bus_(process.executor(), wanted_.bus, process.log()),
      follower_(
          bus_, [this](const bus::stored_event& stored) { apply(stored); }, process.log()),
      snapshots_(
          process.executor(),
          wanted_.snapshots,
          process.name(),
          kept_state(),
          bus_,
          follower_,
          process.log()),
      log_(bus_, follower_),
      accept_(
          process.executor(),
          log_,
          ledger_,
          acceptance_of(wanted_),
          [this] { return caught_up_; },
          wall_clock,
          process.log()),
      deliver_(
          process.executor(),
          copy_materials{
              log_, ledger_, signer_, wanted_.gateway_box, wanted_.portal_url, wanted_.host_name},
          delivery_of(wanted_),
          wall_clock,
          process.log()),
      smtp_(
          process.listen("smtp", wanted_.listen),
          wanted_.host_name,
          std::make_shared<asio::ssl::context>(
              service::make_tls_server(wanted_.tls_certificate, wanted_.tls_key)),
          wanted_.limits,
          accept_,
          process.log()),
      health_(
          process.listen("gateway-health", wanted_.health),
          nullptr,
          health_routes(),
          service::http_limits{},
          process.log()),
      parts_(process.executor(), process.log())
{}

/// Throws for what is no event of ours: the follower stops the process, which must not guess what
/// the log means.
void gateway_process::apply(const bus::stored_event& stored)
{
    const auto fact = mail::parse_event(stored.payload);
    ledger_.apply(stored.seq, stored.time, fact);
    deliver_.observe(stored.time, fact);
    snapshots_.observe(stored);
}

bus::snapshots::state gateway_process::kept_state()
{
    return {
        {{"ledger", [this](const auto& to) { ledger_.write(to); }},
         {"delivery queue", [this](const auto& to) { deliver_.queue().write(to); }},
         {"slots to erase", [this](const auto& to) { deliver_.eraser().write(to); }}},
        [this](const bus::snapshot& from) {
            auto ledger = mail::ledger::read(from.part("ledger"), from.place().seq);
            deliver_.restore(from.part("delivery queue"), from.part("slots to erase"));
            ledger_ = std::move(ledger);
        }};
}

service::readiness gateway_process::readiness() const
{
    return service::applied_readiness(caught_up_ && bus_.connected(), ledger_.applied());
}

std::vector<service::http_route> gateway_process::health_routes()
{
    auto routes = service::health_routes([this] { return readiness(); });
    routes.push_back(service::digest_route(
        [this] { return ledger_.applied(); }, [this] { return ledger_.digest(); }));
    return routes;
}

/// Until the log is applied once, mail is refused (the directory is not known) and nothing is
/// delivered (what is delivered already is not known). Never ends by itself.
asio::awaitable<void> gateway_process::open_when_caught_up()
{
    asio::steady_timer timer(process_.executor());
    for (;;) {
        co_await bus_.ready();
        if (!co_await follower_.catch_up()) {
            break;
        }
        timer.expires_after(200ms);
        co_await timer.async_wait(asio::use_awaitable);
    }
    caught_up_ = true;
    process_.log().info("ready", {{"applied", follower_.applied()}});
    parts_.spawn(
        "delivery queue", [this] { return deliver_.run(); }, [this] { deliver_.stop(); });
    timer.expires_at(asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> gateway_process::run()
{
    parts_.spawn(
        "smtp", [this] { return smtp_.serve(); }, [this] { smtp_.stop(); });
    parts_.spawn(
        "health", [this] { return health_.serve(); }, [this] { health_.stop(); });
    // With the log lost, or not understood, no decision can be made any more: stop, whoever
    // supervises starts again.
    const auto ended =
        co_await (snapshots_.follow() || process_.stop_requested() || open_when_caught_up());
    co_await parts_.drain(drain_patience);
    co_await accept_.drain(1s);
    if (ended.index() == 0) {
        throw std::runtime_error("the log cannot be followed: " + std::get<0>(ended).message());
    }
    co_await snapshots_.keep();
}

void check(service::context& process)
{
    const auto wanted = settings::read(process.settings());
    encryptor::start_cryptography();
    const encryptor::signing_identity signer(wanted.signer_certificate, wanted.signer_key);
}

asio::awaitable<void> run(service::context& process)
{
    encryptor::start_cryptography();
    gateway_process gateway(process, settings::read(process.settings()));
    co_await gateway.run();
}

} // namespace

service::process_definition process()
{
    return {
        "gateway", "takes mail by SMTP, encrypts it, delivers it inline or as a link", check, run};
}

} // namespace gateway
