#include "simulator/mailboxes/mailboxes.hpp"

#include "encryptor/secret.hpp"
#include "gateway/smtp_listener.hpp"
#include "mail/mime_reader.hpp"
#include "service/context.hpp"
#include "service/http_server.hpp"
#include "service/log.hpp"
#include "service/session_group.hpp"
#include "simulator/mailboxes/arrivals.hpp"
#include "simulator/mailboxes/mail_client.hpp"
#include "simulator/mailboxes/mailbox_api.hpp"
#include "simulator/mailboxes/mailbox_receiver.hpp"
#include "simulator/mailboxes/mailbox_site.hpp"
#include "simulator/mailboxes/mailbox_store.hpp"
#include "simulator/mailboxes/settings.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace asio = boost::asio;

namespace simulator {

namespace {

constexpr std::chrono::seconds patience{3};

std::int64_t wall_clock()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

/// The outer world's mail may be larger than ours: base64 and a signature come on top.
gateway::smtp_limits generous_limits()
{
    gateway::smtp_limits limits;
    limits.message_octets = 2 * mail::longest_mail;
    return limits;
}

service::readiness always_ready()
{
    return {true, R"({"ready":true})"};
}

/// The parts of a running process, in the order in which they need one another.
class running {
public:
    running(service::context& process, const settings& wanted)
        : process_(process),
          store_(wanted.database),
          client_(wanted.keys, wanted.authority),
          arrived_(process.executor()),
          receiver_(process.executor(), store_, faults_, arrived_, wall_clock),
          api_(store_, client_, faults_, arrived_),
          smtp_(
              process.listen("mailboxes-smtp", wanted.listen_smtp),
              "mailboxes.test",
              nullptr,
              generous_limits(),
              receiver_,
              process.log()),
          http_(
              process.listen("mailboxes-http", wanted.listen_http),
              nullptr,
              routes(),
              {},
              process.log()),
          sessions_(process.executor(), process.log())
    {
        http_.on_error(site_error);
    }

    asio::awaitable<void> run()
    {
        sessions_.spawn(
            "smtp", [this] { return smtp_.serve(); }, [this] { smtp_.stop(patience); });
        sessions_.spawn(
            "http", [this] { return http_.serve(); }, [this] { stop_http(); });
        process_.log().info("started");
        co_await process_.stop_requested();
        co_await sessions_.drain(patience + std::chrono::seconds{1});
    }

private:
    void stop_http()
    {
        arrived_.stop();
        http_.stop(patience);
    }

    std::vector<service::http_route> routes()
    {
        std::vector<service::http_route> table = service::health_routes(always_ready);
        std::ranges::move(api_.routes(), std::back_inserter(table));
        std::ranges::move(mailbox_site(store_, client_), std::back_inserter(table));
        return table;
    }

    service::context& process_;
    mailbox_store store_;
    mail_client client_;
    fault_script faults_;
    arrivals arrived_;
    mailbox_receiver receiver_;
    mailbox_api api_;
    gateway::smtp_listener smtp_;
    service::http_server http_;
    service::session_group sessions_;
};

asio::awaitable<void> run(service::context& process)
{
    const settings wanted = settings::read(process.settings());
    encryptor::start_cryptography();
    running parts{process, wanted};
    co_await parts.run();
}

} // namespace

service::process_definition process()
{
    service::process_definition definition;
    definition.name = "mailboxes";
    definition.summary = "Plays the recipients' mail systems: SMTP in, a web page, a REST API.";
    definition.check = [](service::context& context) { settings::read(context.settings()); };
    definition.run = run;
    return definition;
}

} // namespace simulator
