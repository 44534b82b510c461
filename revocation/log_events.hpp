#pragma once

#include "bus/event.hpp"
#include "mail/events.hpp"

namespace revocation {

/// A new event of ours, with an id of its own (a UUID).
mail::event make_event(mail::event_body body);

/// As the bus carries it.
bus::event to_bus(const mail::event& fact);

} // namespace revocation
