#include "portal/settings.hpp"

#include "bus/client_settings.hpp"
#include "service/settings_reader.hpp"

#include <sodium.h>

#include <optional>
#include <string_view>
#include <utility>

namespace portal {

namespace {

constexpr std::size_t key_octets = 32;

/// The octets of a key file; a fault is noted when it holds anything else than 64 hexadecimal
/// digits.
std::string read_key(service::settings_reader& section, std::string_view name)
{
    const std::string digits = section.secret_file(name);
    std::string octets(key_octets, '\0');
    std::size_t length = 0;
    const char* end = nullptr;
    const int result = sodium_hex2bin(
        reinterpret_cast<unsigned char*>(octets.data()),
        octets.size(),
        digits.data(),
        digits.size(),
        nullptr,
        &length,
        &end);
    const bool whole = result == 0 && length == key_octets && end == digits.data() + digits.size();
    if (!whole && !digits.empty()) {
        section.fault(name, "the file must hold a key of 64 hexadecimal digits");
    }
    return octets;
}

std::string read_public_url(service::settings_reader& section)
{
    std::string url = section.required_text("public_url");
    if (!url.empty() && !url.starts_with("https://")) {
        section.fault("public_url", "must begin with https://");
    }
    return url;
}

mail::address read_no_reply(service::settings_reader& section)
{
    const std::string text = section.required_text("no_reply_address");
    const std::optional<mail::address> parsed = mail::address::parse(text);
    if (!parsed && !text.empty()) {
        section.fault("no_reply_address", "must be a mail address, local@domain");
    }
    return parsed.value_or(mail::address{});
}

} // namespace

settings settings::read(service::settings_reader& section)
{
    settings wanted;
    wanted.bus = bus::read_client_settings(section);
    wanted.snapshots = bus::read_snapshot_settings(section);
    wanted.listen = section.host_and_port("listen", "127.0.0.1:8443");
    wanted.health = section.host_and_port("health", "127.0.0.1:0");
    wanted.tls_certificate = section.required_file("tls_certificate");
    wanted.tls_key = section.required_file("tls_key");
    wanted.public_url = read_public_url(section);
    wanted.no_reply = read_no_reply(section);
    wanted.secrets.portal_box.public_key = read_key(section, "portal_box_public_file");
    const std::string box_secret = read_key(section, "portal_box_secret_file");
    wanted.secrets.portal_box.secret_key = encryptor::secret::copy_of(box_secret);
    wanted.secrets.gateway_box_public = read_key(section, "gateway_box_public_file");
    const std::string passcode_key = read_key(section, "passcode_key_file");
    wanted.secrets.passcode_key = encryptor::secret::copy_of(passcode_key);
    wanted.open_messages = static_cast<std::size_t>(section.integer("open_messages", 16, 1, 1000));
    wanted.connections = static_cast<std::size_t>(section.integer("connections", 1000, 1, 100'000));
    wanted.least_octets_per_second =
        static_cast<std::size_t>(section.integer("least_octets_per_second", 4096, 0, 1'000'000));
    section.finish();
    return wanted;
}

} // namespace portal
