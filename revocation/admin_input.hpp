#pragma once

#include "mail/address.hpp"
#include "revocation/input_fault.hpp"
#include "revocation/message_search.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What callers of the admin API send, but for the directory. It may come from an enemy who holds a
/// token.
namespace revocation {

/// Body of …/revoke and …/restore.
struct access_request {
    static constexpr std::size_t longest_text = 1024; ///< octets of `reason` and of `note`

    std::vector<mail::address> recipients; ///< empty: all
    std::string reason;
    std::string note; ///< shown to the reader
};

/// An empty body asks for all recipients; an empty list of recipients is a fault, so that a
/// script's empty answer never takes everybody's access.
parsed<access_request> parse_access_request(std::string_view body);

/// Query of GET /v1/messages: sender, recipient, message_id, status, limit, cursor. Unknown names
/// are faults.
parsed<message_search> parse_search(const std::map<std::string, std::string>& query);

} // namespace revocation
