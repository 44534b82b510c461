#pragma once

#include "bus/client.hpp"
#include "bus/snapshots.hpp"
#include "revocation/tokens.hpp"

#include <filesystem>
#include <string>

namespace service {
class settings_reader;
}

namespace revocation {

/// Section [revocation].
struct settings {
    /// `listen`: address of the admin API, unless the socket `admin` is handed down. Other than
    /// loopback lets the network try tokens.
    std::string listen;
    /// `health`: address of the health page, unless the socket `revocation-health` is handed down.
    /// Keep it on loopback: whoever reaches it can ask for the digest, which is work.
    std::string health;
    std::filesystem::path tls_certificate; ///< `tls_certificate`: PEM chain of the admin API
    std::filesystem::path tls_key;         ///< `tls_key`: its key
    token_table tokens; ///< `tokens_file`; read at start, so a new token needs a restart
    bus::client_settings bus;
    bus::snapshot_settings snapshots;

    /// Throws invalid_settings naming every fault.
    static settings read(service::settings_reader reader);
};

} // namespace revocation
