#include "revocation/applied_log.hpp"

#include <variant>

namespace revocation {

namespace {

/// Tells the clock of grants what this event granted or ended.
void follow_grants(
    std::uint64_t seq,
    const mail::event& fact,
    const mail::ledger& after,
    boot_time now,
    enforcement& grants)
{
    if (const auto* closed = std::get_if<mail::access_closed>(&fact.body)) {
        grants.closed(closed->attempt);
        return;
    }
    const auto* renewed = std::get_if<mail::access_renewed>(&fact.body);
    if (!renewed && !std::holds_alternative<mail::access_attempted>(fact.body))
        return;
    const mail::event_id& attempt = renewed ? renewed->attempt : fact.id;
    const mail::attempt_state* state = after.find_attempt(attempt);
    const bool granted_here = state && !state->closed && state->seq == seq &&
                              state->verdict == mail::access_verdict::granted;
    if (granted_here)
        grants.received(attempt, now);
}

} // namespace

void applied_log::apply(
    std::uint64_t seq, mail::bus_time time, const mail::event& fact, boot_time now)
{
    ledger.apply(seq, time, fact);
    follow_grants(seq, fact, ledger, now, grants);
    revokes.apply(seq, fact, now);
    trace.apply(seq, time, fact, ledger);
}

} // namespace revocation
