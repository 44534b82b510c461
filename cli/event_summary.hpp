#pragma once

#include "bus/event.hpp"
#include "mail/events.hpp"
#include "mail/ledger.hpp"

#include <string>

namespace cli {

enum class tone { plain, good, refused, taken_back };

/// What one line for people says of an event; never a control character.
struct event_summary {
    std::string type;    ///< without "sealpost."
    std::string message; ///< network message id; empty for none
    std::string who;
    std::string what;
    tone sounds = tone::plain;
};

/// `after` has applied this very event: its verdicts are the ones told.
event_summary summary_of(
    const mail::event& fact, const std::string& message, const mail::ledger& after);

/// "17  2026-11-20T09:05:00.123Z  access.attempted  0193a8…  carol@gmail.com  view: granted"
std::string summary_line(const bus::stored_event& event, const event_summary& summary, bool colors);

} // namespace cli
