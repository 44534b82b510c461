#pragma once

#include "revocation/applied_log.hpp"
#include "tests/mail/story.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace revocation::test {

using mail::test::first_message;
using mail::test::mailbox;

/// A story, and the process that follows it on a boot clock which only the test moves.
class applied_story {
public:
    mail::test::story story;
    applied_log applied;
    boot_time boot = std::chrono::hours{3};

    /// The process receives all that was told since the last call, now.
    void receive()
    {
        while (applied.ledger.applied() < story.log.size()) {
            const auto& [time, fact] = story.log[applied.ledger.applied()];
            applied.apply(applied.ledger.applied() + 1, time, fact, boot);
        }
    }
    void pass(std::chrono::nanoseconds time) { boot += time; }

    /// Told and received at once.
    mail::event_id attempt(const std::string& who, const std::string& session)
    {
        auto id = story.attempt(who, session);
        receive();
        return id;
    }
    void renew(const mail::event_id& attempt)
    {
        story.tell(mail::access_renewed{attempt});
        receive();
    }
    void close(const mail::event_id& attempt, std::uint64_t bytes)
    {
        story.close(attempt, bytes);
        receive();
    }
    std::uint64_t revoke(const std::vector<std::string>& recipients = {})
    {
        const auto seq = story.revoke(recipients);
        receive();
        return seq;
    }
    void enforce(std::uint64_t revoke, std::vector<mail::address> read_before = {})
    {
        story.tell(mail::revocation_enforced{first_message, revoke, 12, 0, std::move(read_before)});
        receive();
    }

    /// How long until this revoke is in force, if nothing more is told; zero: it is.
    std::chrono::nanoseconds remaining(std::uint64_t revoke)
    {
        const auto& fact = applied.revokes.find(revoke)->revoked;
        const auto open = applied.ledger.open_grants(fact.message, fact.recipients, revoke);
        return applied.grants.ends_at(open, boot).value_or(boot) - boot;
    }
    bool in_force(std::uint64_t revoke) { return remaining(revoke).count() == 0; }
};

} // namespace revocation::test
