#pragma once

#include "mail/events.hpp"
#include "mail/ledger.hpp"
#include "revocation/input_fault.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Where the directory meets JSON: organisation, domains and recipients, as they are applied and as
/// they are shown.
namespace revocation {

/// Reads {"organisation": {"name", "force_link", "expiry_seconds"}, "domains": [{"domain",
/// "identity", "client", "removed"}], "recipients": [{"address", "identity", "client",
/// "certificate", "reads_gcm", "removed"}]}, all parts optional. Fields of the organisation that
/// are left out keep what `now` holds; a client that is left out follows from the identity.
/// Certificates come back as the bare PEM of one certificate.
parsed<mail::directory_changed> parse_directory(
    std::string_view body, const mail::organisation_entry& now);

/// Answer of POST /v1/directory: what was changed.
struct directory_answer {
    std::optional<std::uint64_t> seq; ///< of the last event; nullopt: nothing had to change
    bool organisation = false;
    std::size_t domains = 0;
    std::size_t recipients = 0;
};
std::string to_json(const directory_answer& answer);

/// The directory in the same shape.
std::string directory_json(const mail::ledger& ledger);

} // namespace revocation
