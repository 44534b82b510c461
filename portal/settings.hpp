#pragma once

#include "bus/client.hpp"
#include "bus/snapshots.hpp"
#include "portal/surroundings.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace service {
class settings_reader;
}

namespace portal {

/// The section [portal]; docs/interfaces.md names the keys.
struct settings {
    bus::client_settings bus;
    bus::snapshot_settings snapshots;
    std::string listen;
    std::string health; ///< of the health page: loopback, for it may be asked for the digest
    std::filesystem::path tls_certificate;
    std::filesystem::path tls_key;
    std::string public_url; ///< what the gateway writes into links: where forms may come from
    mail::address no_reply; ///< sender of passcode mails; its domain is the organisation's
    keys secrets;
    /// Messages in memory at once, each up to three times its size; further readers get 503 for a
    /// moment.
    std::size_t open_messages = 16;
    std::size_t connections = 1000; ///< further ones are closed at once
    /// What a reader has to take of a message, averaged over 30 s, else it is cut off: it keeps a
    /// place of open_messages.
    std::size_t least_octets_per_second = 4096;

    /// Throws service::invalid_settings naming every fault.
    static settings read(service::settings_reader& section);
};

} // namespace portal
