#include "gateway/settings.hpp"

#include "bus/client_settings.hpp"
#include "mail/address.hpp"
#include "mail/mime_reader.hpp"
#include "service/settings_reader.hpp"

#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace gateway {
namespace {

std::optional<unsigned> digit(char text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value =
        digits.find(text >= 'A' && text <= 'F' ? static_cast<char>(text + 32) : text);
    return value == std::string_view::npos ? std::nullopt
                                           : std::optional(static_cast<unsigned>(value));
}

// A key file: 64 hexadecimal digits, which are 32 octets.
std::string key_file(service::settings_reader& keys, std::string_view key)
{
    constexpr std::size_t size = 32;
    const auto text = keys.secret_file(key);
    if (text.empty()) {
        return {}; // noted by the reader
    }
    std::string octets;
    for (std::size_t at = 0; text.size() == 2 * size && at < text.size(); at += 2) {
        const auto high = digit(text[at]);
        const auto low = digit(text[at + 1]);
        if (!high || !low) {
            break;
        }
        octets += static_cast<char>(*high << 4 | *low);
    }
    if (octets.size() != size) {
        keys.fault(key, "the file must hold 64 hexadecimal digits, a key of 32 octets");
        return {};
    }
    return octets;
}

allowed_networks read_networks(service::settings_reader& keys)
{
    allowed_networks networks;
    // Whoever may send may have mail encrypted and delivered in anybody's name: keep it to your own
    // hosts.
    for (const auto& text : keys.texts("allowed_networks", {"127.0.0.0/8", "::1/128"})) {
        if (!networks.add(text)) {
            keys.fault(
                "allowed_networks", "\"" + text + "\" is no network such as 10.0.0.0/8 or ::1/128");
        }
    }
    return networks;
}

// Announced as SIZE and enforced while DATA arrives; a mail takes its size on the bus's disk.
std::uint64_t read_message_octets(service::settings_reader& keys, std::uint64_t standard)
{
    constexpr auto most = static_cast<std::int64_t>(mail::longest_mail);
    const auto octets = keys.integer(
        "message_octets",
        static_cast<std::int64_t>(standard),
        1,
        std::numeric_limits<std::int64_t>::max());
    if (octets > most) {
        keys.fault(
            "message_octets",
            std::to_string(octets) + " is more than " + std::to_string(most) +
                ": the portal opens no larger mail, its recipients could never read it");
    }
    return static_cast<std::uint64_t>(octets);
}

smtp_limits read_limits(service::settings_reader& keys)
{
    const auto size = [&](std::string_view key, std::size_t standard, std::int64_t most) {
        const auto value = keys.integer(key, static_cast<std::int64_t>(standard), 1, most);
        return static_cast<std::size_t>(value);
    };
    smtp_limits limits;
    limits.message_octets = read_message_octets(keys, limits.message_octets);
    // Of one mail; each makes up to two key slots, of which the bus takes 1024 at once, and one
    // line of the reply.
    limits.recipients = size("recipients", limits.recipients, 512);
    // Sessions at once, and from one address; each costs about 100 KiB.
    limits.connections = size("connections", limits.connections, 10'000);
    limits.connections_per_address =
        size("connections_per_address", limits.connections_per_address, 10'000);
    // Replies of 5xx before a session is ended.
    limits.errors = size("errors", limits.errors, 1000);
    // For a whole command, and for a whole mail: shorter frees sessions sooner, longer suits slow
    // links.
    limits.idle = std::chrono::seconds(keys.integer("idle_seconds", 300, 1, 3600));
    limits.data = std::chrono::seconds(keys.integer("data_seconds", 600, 1, 36'000));
    return limits;
}

retry_policy read_retry(service::settings_reader& keys)
{
    // The first wait after a temporary failure; doubled each time, up to the longest; a copy fails,
    // and its sender is told, once that has gone on for give_up.
    const auto first = keys.integer("retry_first_seconds", 60, 1, 86'400);
    const auto longest = keys.integer("retry_longest_seconds", 3600, 1, 86'400);
    const auto give_up = keys.integer("give_up_seconds", 5 * 86'400, 1, 30 * 86'400);
    if (longest < first) {
        keys.fault("retry_longest_seconds", "must not be less than retry_first_seconds");
    }
    return {first * 1000, longest * 1000, give_up * 1000};
}

std::string read_portal_url(service::settings_reader& keys)
{
    auto url = keys.required_text("portal_url");
    while (url.ends_with('/')) {
        url.pop_back();
    }
    if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://")) {
        keys.fault("portal_url", "must begin with https://, it is the start of every link");
    }
    return url;
}

std::string read_host_name(service::settings_reader& keys)
{
    auto name = keys.text("host_name", "localhost", 255);
    if (!mail::address::parse("postmaster@" + name)) {
        keys.fault("host_name", "must be a domain name, it is what this server calls itself");
    }
    return name;
}

} // namespace

settings settings::read(service::settings_reader keys)
{
    settings read;
    read.bus = bus::read_client_settings(keys);
    read.snapshots = bus::read_snapshot_settings(keys);
    read.listen = keys.host_and_port("listen", "127.0.0.1:2525");
    read.health = keys.host_and_port("health", "127.0.0.1:2526");
    read.host_name = read_host_name(keys);
    read.tls_certificate = keys.required_file("tls_certificate");
    read.tls_key = keys.required_file("tls_key");
    // Trusted like a disk: it gets passcode mails in clear.
    read.next_hop = keys.host_and_port("next_hop", "127.0.0.1:25");
    read.networks = read_networks(keys);
    read.portal_url = read_portal_url(keys);
    read.signer_certificate = keys.secret_file("signer_certificate");
    read.signer_key = keys.secret_file("signer_key");
    read.portal_box_public = key_file(keys, "portal_box_public_file");
    read.gateway_box.public_key = key_file(keys, "gateway_box_public_file");
    read.gateway_box.secret_key =
        encryptor::secret::copy_of(key_file(keys, "gateway_box_secret_file"));
    read.retry = read_retry(keys);
    // Copies on their way to the next hop at once.
    read.delivery_concurrency =
        static_cast<std::size_t>(keys.integer("delivery_concurrency", 10, 1, 200));
    read.limits = read_limits(keys);
    keys.finish();
    return read;
}

} // namespace gateway
