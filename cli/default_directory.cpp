#include "cli/default_directory.hpp"

#include "cli/admin_client.hpp"
#include "cli/key_files.hpp"
#include "cli/operator_bus.hpp"
#include "mail/event_json.hpp"

#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace cli {

namespace asio = boost::asio;

namespace {

using mail::client_type;
using mail::identity_type;

struct known_domain {
    std::string_view name;
    identity_type identity;
    client_type client;
};

constexpr std::array known_domains = {
    known_domain{"contoso.com", identity_type::office365, client_type::outlook},
    known_domain{"fabrikam.com", identity_type::office365, client_type::outlook},
    known_domain{"outlook.com", identity_type::microsoft_account, client_type::outlook},
    known_domain{"hotmail.com", identity_type::microsoft_account, client_type::outlook},
    known_domain{"gmail.com", identity_type::google, client_type::other},
    known_domain{"yahoo.com", identity_type::yahoo, client_type::other},
};

struct simulated_client {
    std::string_view address;
    identity_type identity;
};

constexpr std::array simulated_clients = {
    simulated_client{"alice@fabrikam.com", identity_type::office365},
    simulated_client{"bob@outlook.com", identity_type::microsoft_account},
};

/// The first page of a log tells: `up` applies the directory before anything else can happen.
constexpr std::uint64_t first_page = 1000;

asio::awaitable<bool> has_directory(operator_bus& log)
{
    const bus::head head = co_await log.head();
    bool found = false;
    const std::function<void(const bus::stored_event&)> look =
        [&found](const bus::stored_event& event) {
            found = found || event.type == mail::directory_changed::type;
        };
    while (!found && log.read() < head.seq) {
        const std::uint64_t last = std::min(head.seq, log.read() + first_page);
        co_await log.read_through(last, look);
    }
    co_return found;
}

} // namespace

std::string default_directory(const state_directory& state)
{
    nlohmann::ordered_json directory;
    directory["organisation"] = {{"name", "Contoso"}, {"force_link", false}, {"expiry_seconds", 0}};
    directory["domains"] = nlohmann::ordered_json::array();
    for (const known_domain& domain : known_domains)
        directory["domains"].push_back(
            {{"domain", domain.name},
             {"identity", mail::to_text(domain.identity)},
             {"client", mail::to_text(domain.client)}});
    directory["recipients"] = nlohmann::ordered_json::array();
    for (const simulated_client& client : simulated_clients)
        directory["recipients"].push_back(
            {{"address", client.address},
             {"identity", mail::to_text(client.identity)},
             {"client", mail::to_text(client_type::outlook)},
             {"certificate", client_certificate(state, std::string(client.address))}});
    return directory.dump();
}

asio::awaitable<void> apply_default_directory(const endpoints& where)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    operator_bus log(executor, where);
    if (co_await has_directory(log))
        co_return;
    admin_client admin(where);
    std::string body = default_directory(state_directory(where.state));
    co_await admin.post("/v1/directory", std::move(body));
}

} // namespace cli
