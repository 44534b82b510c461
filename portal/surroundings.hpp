#pragma once

#include "encryptor/key_slot.hpp"
#include "encryptor/secret.hpp"
#include "mail/events.hpp"
#include "service/connection.hpp"

#include <functional>
#include <string>

/// What the wiring gives to the parts that act: who this portal is, its keys, its clocks.
namespace portal {

struct identity {
    std::string name;   ///< "portal", "portal-2": stands in events
    std::string source; ///< CloudEvents source: "/portal/NAME"
    mail::address no_reply;
    std::string public_origin; ///< "https://portal.example": where forms may come from
};

/// One set for all portals (docs/interfaces.md).
struct keys {
    encryptor::box_key_pair portal_box;
    std::string gateway_box_public;
    encryptor::secret passcode_key;
};

struct clocks {
    std::function<service::boot_clock::time_point()> boot; ///< grants
    /// For questions before an append only: what counts is the bus's time of the event.
    std::function<mail::bus_time()> wall;

    static clocks of_this_machine();
};

} // namespace portal
