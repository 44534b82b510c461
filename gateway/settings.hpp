#pragma once

#include "bus/client.hpp"
#include "bus/snapshots.hpp"
#include "encryptor/key_slot.hpp"
#include "gateway/allowed_networks.hpp"
#include "gateway/delivery_queue.hpp"
#include "gateway/smtp_listener.hpp"

#include <filesystem>
#include <string>

namespace service {
class settings_reader;
}

namespace gateway {

/// The section [gateway]. Keys, bounds and consequences stand beside their reading in settings.cpp.
struct settings {
    bus::client_settings bus;
    bus::snapshot_settings snapshots;
    std::string listen;
    std::string health;
    std::string host_name;
    std::filesystem::path tls_certificate;
    std::filesystem::path tls_key;
    std::string next_hop;
    allowed_networks networks;
    std::string portal_url;         ///< without final slash
    std::string signer_certificate; ///< PEM
    std::string signer_key;         ///< PEM
    std::string portal_box_public;  ///< 32 octets
    encryptor::box_key_pair gateway_box;
    retry_policy retry;
    std::size_t delivery_concurrency = 10;
    smtp_limits limits;

    /// Throws service::invalid_settings with every fault.
    static settings read(service::settings_reader keys);
};

} // namespace gateway
