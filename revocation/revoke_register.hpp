#pragma once

#include "mail/events.hpp"
#include "mail/packed_state.hpp"
#include "revocation/enforcement.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace revocation {

/// Every revoke of the log with what came of it. Follows the log; the ledger stays the judge of
/// access.
class revoke_register {
public:
    struct revoke {
        std::uint64_t seq = 0;
        mail::message_revoked revoked;
        boot_time
            began{}; ///< when the request came in; when we received the event if it was not ours
        std::optional<mail::revocation_enforced> enforced;
    };

    /// A request of ours is about to append the revoke with this event id.
    void announce(const mail::event_id& revoke, boot_time began) { announced_[revoke] = began; }
    /// That request is over, whether or not the event ever comes.
    void forget(const mail::event_id& revoke) { announced_.erase(revoke); }

    void apply(std::uint64_t seq, const mail::event& fact, boot_time now);

    /// nullptr: no revoke stands there.
    const revoke* find(std::uint64_t seq) const;
    bool is_enforced(std::uint64_t seq) const;
    /// Seqs of the latest revoke of each of the recipients (empty: of anyone), ascending, each
    /// once.
    std::vector<std::uint64_t> latest(
        const mail::network_message_id& message,
        const std::vector<mail::address>& recipients) const;
    /// Seqs of those without their revocation.enforced, ascending.
    std::vector<std::uint64_t> unenforced() const;

    /// Without what was announced and without clocks, which end with the process.
    void write(const mail::octet_sink& to) const;
    /// The register that wrote these octets; all revokes began `now`. Throws mail::damaged_state.
    static revoke_register read(std::string_view octets, boot_time now);

private:
    void add(revoke made);

    std::map<mail::event_id, boot_time> announced_;
    std::map<std::uint64_t, revoke> revokes_;
    std::set<std::uint64_t> unenforced_;
    std::map<mail::network_message_id, std::vector<std::uint64_t>> of_message_;
};

} // namespace revocation
