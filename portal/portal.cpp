#include "portal/portal.hpp"

#include "bus/client.hpp"
#include "bus/follower.hpp"
#include "bus/snapshots.hpp"
#include "encryptor/secret.hpp"
#include "mail/event_json.hpp"
#include "mail/ledger.hpp"
#include "portal/access_record.hpp"
#include "portal/browser_request.hpp"
#include "portal/open_message.hpp"
#include "portal/passcodes.hpp"
#include "portal/readiness.hpp"
#include "portal/routes.hpp"
#include "portal/settings.hpp"
#include "service/context.hpp"
#include "service/log.hpp"
#include "service/session_group.hpp"
#include "service/tls.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace portal {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds patience_for_bodies{3000};
constexpr milliseconds patience_for_closes{2000};
constexpr milliseconds no_patience{0};

settings read_settings(service::context& process)
{
    service::settings_reader section = process.settings();
    return settings::read(section);
}

identity identity_of(service::context& process, const settings& wanted)
{
    identity self;
    self.name = process.name();
    self.source = "/portal/" + self.name;
    self.no_reply = wanted.no_reply;
    self.public_origin = origin_of(wanted.public_url);
    return self;
}

/// Everything of one portal process, in the order in which it is built and, reversed, torn down.
class portal_process {
public:
    portal_process(service::context& process, settings wanted)
        : process_(process),
          wanted_(std::move(wanted)),
          self_(identity_of(process, wanted_)),
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
          log_(bus_, follower_, ledger_),
          readiness_(log_),
          closings_(process.executor(), process.log()),
          background_(process.executor(), process.log()),
          record_(log_, closings_, self_, process.log()),
          opener_(log_, record_, wanted_.secrets, time_, process.log()),
          desk_(log_, wanted_.secrets, self_, time_),
          reading_(
              log_,
              opener_,
              time_,
              process.executor(),
              [&process](std::function<void()> work) { return process.offload(std::move(work)); },
              wanted_.open_messages),
          signing_in_(log_, desk_, self_, time_),
          server_(
              process.listen("portal", wanted_.listen),
              std::make_shared<asio::ssl::context>(
                  service::make_tls_server(wanted_.tls_certificate, wanted_.tls_key)),
              make_routes(log_, reading_, signing_in_, [this] { return readiness_.now(); }),
              limits(),
              process.log()),
          health_(
              process.listen("portal-health", wanted_.health),
              nullptr,
              make_health_routes(log_, [this] { return readiness_.now(); }),
              service::http_limits{},
              process.log())
    {
        server_.on_error(
            [this](unsigned status) { return error_page(status, frame_of(ledger_, {})); });
    }

    asio::awaitable<void> run()
    {
        background_.spawn("follow", [this] { return follow(); });
        background_.spawn("first catch-up", [this] { return readiness_.watch(bus_); });
        background_.spawn(
            "health", [this] { return health_.serve(); }, [this] { health_.stop(no_patience); });
        background_.spawn("stop", [this] { return stop_when_asked(); });
        co_await server_.serve();
        stopping_ = true;
        co_await background_.drain(no_patience);
        co_await closings_.drain(patience_for_closes);
        if (fatal_) {
            throw std::runtime_error{"cannot follow the log: " + *fatal_};
        }
        co_await snapshots_.keep();
    }

private:
    void apply(const bus::stored_event& stored)
    {
        ledger_.apply(stored.seq, stored.time, mail::parse_event(stored.payload));
        snapshots_.observe(stored);
    }

    bus::snapshots::state kept_state()
    {
        return {
            {{"ledger", [this](const auto& to) { ledger_.write(to); }}},
            [this](const bus::snapshot& from) {
                ledger_ = mail::ledger::read(from.part("ledger"), from.place().seq);
            }};
    }

    service::http_limits limits() const
    {
        service::http_limits limits;
        limits.connections = wanted_.connections;
        limits.least_rate = wanted_.least_octets_per_second;
        return limits;
    }

    /// Ends only when the log is another one than was followed: then nothing here may be believed
    /// any more.
    asio::awaitable<void> follow()
    {
        try {
            const error_code ended = co_await snapshots_.follow();
            note_fatal(ended.message());
        } catch (const std::exception& failure) {
            note_fatal(failure.what()); // an event that this version cannot read
        }
        server_.stop(no_patience);
    }

    /// Being cancelled at the end is none.
    void note_fatal(std::string why)
    {
        if (!stopping_) {
            fatal_ = std::move(why);
        }
    }

    asio::awaitable<void> stop_when_asked()
    {
        co_await process_.stop_requested();
        server_.stop(patience_for_bodies);
    }

    service::context& process_;
    settings wanted_;
    identity self_;
    clocks time_ = clocks::of_this_machine();
    mail::ledger ledger_;
    bus::client bus_;
    bus::follower follower_;
    bus::snapshots snapshots_;
    bus_mail_log log_;
    readiness readiness_;
    service::session_group closings_;
    service::session_group background_;
    access_record record_;
    message_opener opener_;
    passcode_desk desk_;
    reading_routes reading_;
    sign_in_routes signing_in_;
    service::http_server server_;
    service::http_server health_;
    std::optional<std::string> fatal_;
    bool stopping_ = false;
};

asio::awaitable<void> run(service::context& process)
{
    encryptor::start_cryptography();
    settings wanted = read_settings(process);
    const auto portal = std::make_unique<portal_process>(process, std::move(wanted));
    co_await portal->run();
}

} // namespace

service::process_definition process()
{
    service::process_definition definition;
    definition.name = "portal";
    definition.summary = "where recipients of links sign in and read";
    definition.check = [](service::context& process) {
        encryptor::start_cryptography();
        read_settings(process);
    };
    definition.run = run;
    return definition;
}

} // namespace portal
