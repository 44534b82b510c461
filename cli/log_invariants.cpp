#include "cli/log_invariants.hpp"

#include "mail/event_json.hpp"

#include <variant>

namespace cli {

namespace {

/// Keeps the ledger in step with a log that holds an event which it cannot read.
mail::event read(const bus::stored_event& event, std::string& unreadable)
try {
    return mail::parse_event(event.payload);
} catch (const mail::invalid_event& wrong) {
    unreadable = wrong.what();
    return {{event.id}, {}, mail::unknown_event{event.type}};
}

} // namespace

void log_invariants::add(const bus::stored_event& event)
{
    std::string unreadable;
    const mail::event fact = read(event, unreadable);
    if (!unreadable.empty())
        breaches_.push_back({event.seq, "no process can read it: " + unreadable});
    for (const secret& one : secrets_)
        if (event.payload.find(one.text) != std::string::npos)
            breaches_.push_back({event.seq, "it holds a secret: " + one.name});
    judge(event.seq, fact);
    ledger_.apply(event.seq, event.time, fact);
}

/// With the ledger as it was before the event. Whether a reader is signed in, and a message neither
/// revoked nor expired, is the ledger's ruling on the attempt: who was never granted got nothing.
void log_invariants::judge(std::uint64_t seq, const mail::event& fact)
{
    const auto* const closed = std::get_if<mail::access_closed>(&fact.body);
    if (closed == nullptr || closed->bytes == 0)
        return;
    const std::string bytes = std::to_string(closed->bytes) + " bytes were handed over ";
    const mail::attempt_state* const attempt = ledger_.find_attempt(closed->attempt);
    if (attempt == nullptr)
        breaches_.push_back({seq, bytes + "for an attempt that the log does not hold"});
    else if (!attempt->granted_once)
        breaches_.push_back(
            {seq,
             bytes + "for event " + std::to_string(attempt->first_seq) +
                 ", an attempt that is refused: " + std::string(to_text(attempt->verdict))});
}

} // namespace cli
