#pragma once

#include "bus/client.hpp"

#include <string_view>

namespace service {
class settings_reader;
}

namespace bus {

/// The keys that every client of the bus has in its section: bus_endpoint, bus_server_key_file,
/// bus_public_key_file, bus_secret_key_file.
client_settings read_client_settings(service::settings_reader& settings);

/// A CURVE key, 40 characters of Z85, from the file that `key` names; empty after a fault.
std::string read_curve_key(service::settings_reader& settings, std::string_view key);
locked_octets read_curve_secret(service::settings_reader& settings, std::string_view key);

/// "ipc:///path/of/socket" or "tcp://host:port".
bool is_bus_endpoint(std::string_view endpoint);
constexpr std::string_view endpoint_rule =
    "must be ipc:// with an absolute path of at most 107 octets, or tcp://HOST:PORT";

} // namespace bus
