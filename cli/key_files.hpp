#pragma once

#include "cli/state_directory.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// The clients of the bus that have a CURVE pair of their own.
inline constexpr std::array<std::string_view, 4> bus_roles = {
    "gateway", "portal", "revocation", "operator"};

/// The mail domain of the organisation that `up` plays.
inline constexpr std::string_view organisation_domain = "contoso.com";

/// Makes what is missing below keys/ (docs/interfaces.md lists it) and keeps what is there. The
/// first time the folder appears whole or not at all. Throws failure when half of a pair is
/// missing: a new half would make everything unreadable that the old one protects.
void make_keys(const state_directory& state);

/// The simulated outside world's own: an authority that issues the clients' certificates, and a
/// copy of the organisation's authority, which the clients trust.
void make_outside_authority(const state_directory& state);

/// The certificate (PEM) of a simulated client; made with its key in outside/keys/ADDRESS.pem if it
/// is not there.
std::string client_certificate(const state_directory& state, const std::string& address);

/// The certificate blocks of a PEM text, without keys.
std::string certificates_of(std::string_view pem);

} // namespace cli
