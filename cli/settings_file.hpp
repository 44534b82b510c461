#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// What differs from one start to the next; everything else of sealpost.toml is fixed.
struct settings_values {
    std::string bus_endpoint; ///< "ipc:///…/run/bus.sock"
    std::string bus_health;   ///< addresses are "127.0.0.1:port"
    std::string smtp;
    std::string gateway_health;
    std::string portal;
    std::string portal_health;
    std::string portal_url; ///< goes into links: "https://127.0.0.1:8443"
    std::string admin;
    std::string revocation_health;
    std::string mailboxes_smtp;
    std::string mailboxes_http;
    std::string next_hop;
    std::map<std::string, std::string> bus_public_keys; ///< role → Z85
    bool accept_unerasable = false;
    bool mailboxes = true;
    bool quick_retries = true; ///< the next hop is simulated: a test shall not wait a minute for it
};

/// The text of sealpost.toml: a section a process, paths relative to its folder.
std::string settings_text(const settings_values& values);

/// A basic string of TOML, quoted.
std::string toml_string(std::string_view text);

} // namespace cli
