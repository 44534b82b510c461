#pragma once

#include "bus/client.hpp"

namespace service {
class settings_reader;
}

namespace bus {

/// The keys that every client of the bus has in its section: bus_endpoint, bus_server_key_file,
/// bus_public_key_file, bus_secret_key_file.
client_settings read_client_settings(service::settings_reader& settings);

} // namespace bus
