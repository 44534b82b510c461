#include "cli/settings_file.hpp"

#include "cli/key_files.hpp"
#include "mail/events.hpp"

#include <array>
#include <sstream>

namespace cli {

namespace {

/// What a role may do on the bus; everything else is refused there.
struct bus_role {
    std::string_view name;
    std::vector<std::string_view> append;
    bool content_read = false;
    bool content_write = false;
    std::vector<std::string_view> slots_read;
    std::vector<std::string_view> slots_write;
    std::vector<std::string_view> slots_erase;
};

const std::vector<bus_role>& roles()
{
    static const std::vector<bus_role> table = {
        {.name = "gateway",
         .append = {mail::message_accepted::type, mail::delivery_attempted::type},
         .content_read = true,
         .content_write = true,
         .slots_read = {"gateway"},
         .slots_write = {"link", "gateway"},
         .slots_erase = {"gateway"}},
        {.name = "portal",
         .append =
             {mail::passcode_issued::type,
              mail::passcode_tried::type,
              mail::access_attempted::type,
              mail::access_renewed::type,
              mail::access_closed::type,
              mail::session_ended::type,
              mail::mail_submitted::type},
         .content_read = true,
         .content_write = true,
         .slots_read = {"link"},
         .slots_write = {"gateway"},
         .slots_erase = {}},
        {.name = "revocation",
         .append =
             {mail::message_revoked::type,
              mail::message_restored::type,
              mail::revocation_enforced::type,
              mail::directory_changed::type},
         .slots_read = {},
         .slots_write = {},
         .slots_erase = {}},
        {.name = "operator", .append = {}, .slots_read = {}, .slots_write = {}, .slots_erase = {}},
    };
    return table;
}

std::string toml_list(const std::vector<std::string_view>& texts)
{
    std::string list = "[";
    for (const std::string_view text : texts)
        list += (list.size() > 1 ? ", " : "") + toml_string(text);
    return list + "]";
}

std::string_view toml_flag(bool value)
{
    return value ? "true" : "false";
}

/// One line of a section.
std::string text_line(std::string_view key, std::string_view value)
{
    return std::string(key) + " = " + toml_string(value) + "\n";
}

/// Of a process that follows the log; what it keeps lies in a folder of its role.
std::string bus_client_lines(std::string_view role, const settings_values& values)
{
    const std::string name{role};
    return text_line("snapshot_folder", name) + text_line("bus_endpoint", values.bus_endpoint) +
           text_line("bus_server_key_file", "keys/bus.public") +
           text_line("bus_public_key_file", "keys/" + name + ".public") +
           text_line("bus_secret_key_file", "keys/" + name + ".secret");
}

std::string server_certificate_lines()
{
    return text_line("tls_certificate", "keys/server.pem") +
           text_line("tls_key", "keys/server.key");
}

std::string bus_section(const settings_values& values)
{
    std::string text = "[bus]\n" + text_line("endpoint", values.bus_endpoint) +
                       text_line("database", "bus/journal.db") + text_line("slab", "bus/slab") +
                       text_line("public_key_file", "keys/bus.public") +
                       text_line("secret_key_file", "keys/bus.secret") +
                       text_line("health", values.bus_health);
    if (values.accept_unerasable)
        text += "accept_unerasable = true\n";
    for (const auto& [role, key] : values.bus_public_keys)
        text += "\n[[bus.clients]]\n" + text_line("role", role) + text_line("public_key", key);
    return text;
}

std::string bus_role_section(const bus_role& role)
{
    std::ostringstream text;
    text << "\n[[bus.roles]]\n"
         << text_line("name", role.name) << "append = " << toml_list(role.append) << "\n"
         << "content_read = " << toml_flag(role.content_read) << "\n"
         << "content_write = " << toml_flag(role.content_write) << "\n"
         << "slots_read = " << toml_list(role.slots_read) << "\n"
         << "slots_write = " << toml_list(role.slots_write) << "\n"
         << "slots_erase = " << toml_list(role.slots_erase) << "\n";
    return text.str();
}

std::string gateway_section(const settings_values& values)
{
    return "\n[gateway]\n" + bus_client_lines("gateway", values) +
           text_line("listen", values.smtp) + text_line("health", values.gateway_health) +
           text_line("host_name", "gateway." + std::string(organisation_domain)) +
           server_certificate_lines() + text_line("next_hop", values.next_hop) +
           "allowed_networks = [\"127.0.0.0/8\", \"::1/128\"]\n" +
           text_line("portal_url", values.portal_url) +
           text_line("signer_certificate", "keys/organisation.pem") +
           text_line("signer_key", "keys/organisation.key") +
           text_line("portal_box_public_file", "keys/portal-box.public") +
           text_line("gateway_box_public_file", "keys/gateway-box.public") +
           text_line("gateway_box_secret_file", "keys/gateway-box.secret") +
           (values.quick_retries ? "retry_first_seconds = 1\nretry_longest_seconds = 60\n" : "");
}

std::string portal_section(const settings_values& values)
{
    return "\n[portal]\n" + bus_client_lines("portal", values) +
           text_line("listen", values.portal) + text_line("health", values.portal_health) +
           server_certificate_lines() + text_line("public_url", values.portal_url) +
           text_line("portal_box_public_file", "keys/portal-box.public") +
           text_line("portal_box_secret_file", "keys/portal-box.secret") +
           text_line("gateway_box_public_file", "keys/gateway-box.public") +
           text_line("passcode_key_file", "keys/passcode.key") +
           text_line("no_reply_address", "no-reply@" + std::string(organisation_domain));
}

std::string revocation_section(const settings_values& values)
{
    return "\n[revocation]\n" + bus_client_lines("revocation", values) +
           text_line("listen", values.admin) + text_line("health", values.revocation_health) +
           server_certificate_lines() + text_line("tokens_file", "keys/tokens");
}

std::string mailboxes_section(const settings_values& values)
{
    return "\n[mailboxes]\n" + text_line("listen_smtp", values.mailboxes_smtp) +
           text_line("listen_http", values.mailboxes_http) +
           text_line("database", "outside/mailboxes.db") + text_line("keys", "outside/keys") +
           text_line("authority", "outside/authority.pem");
}

} // namespace

std::string toml_string(std::string_view text)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string quoted = "\"";
    for (const char character : text) {
        const auto octet = static_cast<unsigned char>(character);
        if (character == '"' || character == '\\')
            quoted += {'\\', character};
        else if (octet < 0x20 || octet == 0x7f)
            quoted += {'\\', 'u', '0', '0', digits[octet >> 4], digits[octet & 15]};
        else
            quoted += character;
    }
    return quoted + "\"";
}

std::string settings_text(const settings_values& values)
{
    std::string text =
        "# Written anew by `sealpost up` at every start: changes made here are lost.\n\n" +
        bus_section(values);
    for (const bus_role& role : roles())
        text += bus_role_section(role);
    text += gateway_section(values) + portal_section(values) + revocation_section(values);
    if (values.mailboxes)
        text += mailboxes_section(values);
    return text;
}

} // namespace cli
