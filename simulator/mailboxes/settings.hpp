#pragma once

#include <filesystem>
#include <string>

namespace service {
class settings_reader;
}

namespace simulator {

/// Section [mailboxes].
struct settings {
    std::string listen_smtp; ///< `listen_smtp`, unless the socket `mailboxes-smtp` is handed down
    /// `listen_http`, unless the socket `mailboxes-http` is handed down. Whoever reaches it reads
    /// every mailbox.
    std::string listen_http;
    std::filesystem::path database; ///< `database`: SQLite file of the received mail
    /// `keys`: folder of ADDRESS.pem (certificate and private key); empty: no simulated client can
    /// decrypt.
    std::filesystem::path keys;
    /// `authority`: PEM that signatures are verified against; empty: no encrypted mail is shown.
    std::filesystem::path authority;

    /// Throws invalid_settings naming every fault.
    static settings read(service::settings_reader reader);
};

} // namespace simulator
