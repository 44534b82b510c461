#pragma once

#include "mail/events.hpp"
#include "mail/ledger.hpp"

#include <string>
#include <vector>

/// What a revoke or a restore would do, ruled by the ledger's state of the message. Nothing here
/// changes anything.
namespace revocation {

struct not_revocable_recipient {
    mail::address mailbox;
    std::string reason; ///< one sentence for people
};

struct revoke_decision {
    enum class outcome {
        append,            ///< there is access to take back
        already,           ///< all of it was taken back before: nothing to append
        not_revocable,     ///< no link-based recipient among those asked for
        unknown_recipient, ///< `unknown` are no recipients of the message
    };
    outcome what{};
    std::vector<mail::address>
        affected; ///< link-based among those asked for, as the message names them
    std::vector<not_revocable_recipient> not_revocable;
    std::vector<mail::address> unknown;
};

/// `asked` empty: all recipients.
revoke_decision decide_revoke(
    const mail::message_state& message, const std::vector<mail::address>& asked);

struct restore_decision {
    enum class outcome { append, unchanged, unknown_recipient };
    outcome what{};
    std::vector<mail::address> unknown;
};

restore_decision decide_restore(
    const mail::message_state& message, const std::vector<mail::address>& asked);

/// Why access of this recipient can't be taken back.
std::string reason_not_revocable(const mail::recipient_state& recipient);

/// The original's confirmation, word for word.
std::string revoked_text(const mail::kept_message& message);

} // namespace revocation
