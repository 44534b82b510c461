#include "revocation/revocation.hpp"

#include "bus/client.hpp"
#include "bus/follower.hpp"
#include "bus/snapshots.hpp"
#include "mail/event_json.hpp"
#include "revocation/access_api.hpp"
#include "revocation/admin_json.hpp"
#include "revocation/applied_log.hpp"
#include "revocation/directory_api.hpp"
#include "revocation/enforcer.hpp"
#include "revocation/read_api.hpp"
#include "revocation/settings.hpp"
#include "service/context.hpp"
#include "service/http_server.hpp"
#include "service/log.hpp"
#include "service/session_group.hpp"
#include "service/tls.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <variant>

namespace asio = boost::asio;

namespace revocation {

namespace {

using namespace asio::experimental::awaitable_operators;

/// Grants end within 2.02 s, so a revoke that is waited for can still be answered.
constexpr std::chrono::seconds stop_patience{4};

/// The parts of a running process, in the order in which they need one another.
class running {
public:
    running(service::context& process, settings wanted)
        : process_(process),
          bus_(process.executor(), wanted.bus, process.log()),
          follower_(
              bus_, [this](const bus::stored_event& stored) { apply(stored); }, process.log()),
          snapshots_(
              process.executor(),
              wanted.snapshots,
              process.name(),
              kept_state(),
              bus_,
              follower_,
              process.log()),
          enforcer_(process.executor(), applied_, applied_.grants, follower_, process.log()),
          gate_(std::move(wanted.tokens), process.log(), [this] { return bus_.follow_only(); }),
          reading_(applied_, follower_),
          access_(applied_, follower_, enforcer_, process.log()),
          directory_(applied_, follower_, process.log()),
          tls_(std::make_shared<asio::ssl::context>(
              service::make_tls_server(wanted.tls_certificate, wanted.tls_key))),
          server_(process.listen("admin", wanted.listen), tls_, routes(), {}, process.log()),
          health_(
              process.listen("revocation-health", wanted.health),
              nullptr,
              health_routes(),
              {},
              process.log()),
          serving_(process.executor(), process.log()),
          enforcing_(process.executor(), process.log())
    {}

    asio::awaitable<void> run();

private:
    void apply(const bus::stored_event& stored)
    {
        const mail::event fact = mail::parse_event(stored.payload);
        const boot_time now = service::boot_clock::now().time_since_epoch();
        applied_.apply(stored.seq, stored.time, fact, now);
        enforcer_.wake();
        snapshots_.observe(stored);
    }
    bus::snapshots::state kept_state();

    asio::awaitable<void> stop_when_asked();
    asio::awaitable<void> drain();
    std::vector<service::http_route> routes();
    std::vector<service::http_route> health_routes();
    service::readiness ready() const;

    service::context& process_;
    bus::client bus_;
    applied_log applied_;
    bus::follower follower_;
    bus::snapshots snapshots_;
    enforcer enforcer_;
    admin_gate gate_;
    read_api reading_;
    access_api access_;
    directory_api directory_;
    std::shared_ptr<asio::ssl::context> tls_;
    service::http_server server_;
    service::http_server health_;
    service::session_group serving_;
    service::session_group enforcing_;
};

asio::awaitable<void> running::run()
{
    enforcing_.spawn(
        "enforce", [this] { return enforcer_.run(); }, [this] { enforcer_.stop(); });
    server_.on_error([](unsigned status) {
        return service::problem_response(status, "The request could not be served.");
    });
    serving_.spawn(
        "serve", [this] { return server_.serve(); }, [this] { server_.stop(stop_patience); });
    serving_.spawn(
        "health", [this] { return health_.serve(); }, [this] { health_.stop(stop_patience); });
    process_.log().info("started");
    const auto ended = co_await (snapshots_.follow() || stop_when_asked());
    if (const auto* fault = std::get_if<boost::system::error_code>(&ended)) {
        co_await drain();
        throw std::runtime_error("the log can't be followed: " + fault->message());
    }
    co_await snapshots_.keep();
}

bus::snapshots::state running::kept_state()
{
    return {
        {{"ledger", [this](const auto& to) { applied_.ledger.write(to); }},
         {"trace", [this](const auto& to) { applied_.trace.write(to); }},
         {"revokes", [this](const auto& to) { applied_.revokes.write(to); }}},
        [this](const bus::snapshot& from) {
            const boot_time now = service::boot_clock::now().time_since_epoch();
            applied_log restored;
            restored.ledger = mail::ledger::read(from.part("ledger"), from.place().seq);
            restored.trace = message_trace::read(from.part("trace"));
            restored.revokes = revoke_register::read(from.part("revokes"), now);
            applied_ = std::move(restored); // grants that are open count as received at `now`
        }};
}

/// The log is followed on while requests end: those that wait for a revoke can still get their
/// answer.
asio::awaitable<void> running::stop_when_asked()
{
    co_await process_.stop_requested();
    co_await drain();
}

asio::awaitable<void> running::drain()
{
    co_await serving_.drain(stop_patience);
    co_await enforcing_.drain(stop_patience);
}

std::vector<service::http_route> running::routes()
{
    std::vector<service::http_route> table = service::health_routes([this] { return ready(); });
    for (auto part : {reading_.routes(gate_), access_.routes(gate_), directory_.routes(gate_)})
        std::ranges::move(part, std::back_inserter(table));
    return table;
}

std::vector<service::http_route> running::health_routes()
{
    std::vector<service::http_route> table = service::health_routes([this] { return ready(); });
    table.push_back(service::digest_route(
        [this] { return applied_.ledger.applied(); }, [this] { return applied_.ledger.digest(); }));
    return table;
}

service::readiness running::ready() const
{
    const bool able = enforcer_.caught_up() && bus_.connected();
    return service::applied_readiness(able, applied_.ledger.applied());
}

asio::awaitable<void> run(service::context& context)
{
    settings wanted = settings::read(context.settings());
    running parts{context, std::move(wanted)};
    co_await parts.run();
}

} // namespace

service::process_definition process()
{
    service::process_definition definition;
    definition.name = "revocation";
    definition.summary = "Takes messages back and answers what became of them: the admin API.";
    definition.check = [](service::context& context) { settings::read(context.settings()); };
    definition.run = run;
    return definition;
}

} // namespace revocation
