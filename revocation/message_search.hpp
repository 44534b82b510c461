#pragma once

#include "mail/ledger.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace revocation {

/// What GET /v1/messages asks for; empty texts do not restrict. Addresses compare as mailboxes do.
struct message_search {
    static constexpr std::size_t default_limit = 100;
    static constexpr std::size_t longest = 1000;

    std::string sender;
    std::string recipient;
    std::string message_id; ///< with or without angle brackets
    std::string status;     ///< a delivery status of some recipient, or "revoked", "expired"
    std::size_t limit = default_limit;
    std::uint64_t before = 0; ///< only messages before this seq; 0: from the newest
};

/// A word that `status` may be.
bool is_searchable_status(std::string_view status);

struct found_messages {
    std::vector<const mail::message_state*>
        messages;                      ///< newest first; good until the ledger's next apply
    std::optional<std::uint64_t> next; ///< `before` of the next page; nullopt: this is the last
};

found_messages search(const mail::ledger& ledger, const message_search& wanted);

/// Messages that an id of the admin API names: the network message id, or all that share the
/// Message-ID, which may come without its angle brackets. In the order of the log.
std::vector<mail::network_message_id> resolve(const mail::ledger& ledger, std::string_view id);

} // namespace revocation
