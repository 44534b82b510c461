#pragma once

#include "mail/ledger.hpp"
#include "service/http_server.hpp"

#include <optional>
#include <string_view>

namespace revocation {

/// The one message that the id of a request names, or the refusal: 404 unknown, 409 with the list
/// when several share the Message-ID.
struct one_message {
    const mail::message_state* message = nullptr; ///< good until the ledger's next apply
    std::optional<service::http_response> refusal;
};
one_message find_message(const mail::ledger& ledger, std::string_view id);

} // namespace revocation
