#pragma once

#include "mail/ledger.hpp"
#include "revocation/enforcement.hpp"
#include "revocation/message_trace.hpp"
#include "revocation/revoke_register.hpp"

#include <cstdint>

namespace revocation {

/// All that this process knows, derived from the log; it keeps nothing of its own on disk.
struct applied_log {
    mail::ledger ledger;
    message_trace trace;
    revoke_register revokes;
    enforcement grants;

    /// `now` is the moment at which this process received the event.
    void apply(std::uint64_t seq, mail::bus_time time, const mail::event& fact, boot_time now);
};

} // namespace revocation
