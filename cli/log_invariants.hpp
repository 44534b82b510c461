#pragma once

#include "bus/event.hpp"
#include "mail/ledger.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cli {

/// What no log of sealpost may say, however right its chain is: that somebody got what the log
/// refused, or a secret. Pure: it judges the events that it is given.
class log_invariants {
public:
    struct breach {
        std::uint64_t seq = 0; ///< of the event that says so
        std::string what;      ///< never holds the secret
    };
    struct secret {
        std::string name; ///< what it is, for people
        std::string text; ///< as it would stand in an event
    };

    explicit log_invariants(std::vector<secret> secrets) : secrets_(std::move(secrets)) {}

    /// Every event of the log, in order, from 1 on.
    void add(const bus::stored_event& event);

    const std::vector<breach>& breaches() const { return breaches_; }
    const mail::ledger& ledger() const { return ledger_; }

private:
    void judge(std::uint64_t seq, const mail::event& fact);

    std::vector<secret> secrets_;
    mail::ledger ledger_;
    std::vector<breach> breaches_;
};

} // namespace cli
