#pragma once

#include "mail/events.hpp"
#include "mail/ledger.hpp"
#include "mail/packed_state.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace revocation {

/// One line of a message's story, in the words of Exchange message trace: RECEIVE, DELIVER, DEFER,
/// FAIL, SEND (of a notice to the sender), and our own PASSCODE, READ, DENIED, REVOKE, RESTORE, IN
/// FORCE.
struct trace_row {
    mail::bus_time time = 0;
    std::uint64_t seq = 0;
    std::string_view event; ///< a constant
    std::string recipient;  ///< empty: the message as a whole
    std::string detail;     ///< for people
};

/// The rows of every message, built while the log is applied, so that a trace never reads the log
/// again.
class message_trace {
public:
    /// `after` has applied this very event: its verdicts are the ones told.
    void apply(
        std::uint64_t seq, mail::bus_time time, const mail::event& fact, const mail::ledger& after);

    /// In the order of the log; empty: no such message. Good until the next apply.
    const std::vector<trace_row>& rows(const mail::network_message_id& message) const;

    void write(const mail::octet_sink& to) const;
    /// The trace that wrote these octets. Throws mail::damaged_state.
    static message_trace read(std::string_view octets);

private:
    template <class Fields, class Trace>
    static void describe_all(Fields& fields, Trace& self);
    struct position {
        std::uint64_t seq;
        mail::bus_time time;
        const mail::event_id& id;
        const mail::ledger& ledger;
    };
    struct open_read {
        mail::network_message_id message;
        std::size_t row;
    };

    void tell(const position& at, const mail::message_accepted& fact);
    void tell(const position& at, const mail::delivery_attempted& fact);
    void tell(const position& at, const mail::passcode_issued& fact);
    void tell(const position& at, const mail::passcode_tried& fact);
    void tell(const position& at, const mail::access_attempted& fact);
    void tell(const position& at, const mail::access_renewed& fact);
    void tell(const position& at, const mail::access_closed& fact);
    void tell(const position& at, const mail::message_revoked& fact);
    void tell(const position& at, const mail::message_restored& fact);
    void tell(const position& at, const mail::revocation_enforced& fact);
    template <class Other>
    void tell(const position&, const Other&)
    {} ///< not part of any message's story

    void add(
        const position& at,
        const mail::network_message_id& message,
        std::string_view event,
        std::string recipient,
        std::string detail);

    std::map<mail::network_message_id, std::vector<trace_row>> rows_;
    std::map<mail::event_id, open_read> open_reads_; ///< granted attempts without a close
};

} // namespace revocation
