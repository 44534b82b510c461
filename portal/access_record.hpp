#pragma once

#include "mail/events.hpp"
#include "mail/verdict.hpp"
#include "portal/mail_log.hpp"
#include "portal/surroundings.hpp"
#include "service/session_group.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace service {
class log;
}

namespace portal {

/// Writes disclosures on record and asks the ledger what it rules at that very position. An append
/// of access.* is never re-sent: whoever wants to try again takes a new event id, so that an old
/// position can't start a new grant.
class access_record {
public:
    /// All outlive this; `closings` is drained after the last body has ended.
    access_record(
        mail_log& bus,
        service::session_group& closings,
        const identity& self,
        service::log& diagnostics)
        : bus_(bus), closings_(closings), self_(self), diagnostics_(diagnostics)
    {}

    struct outcome {
        /// Nothing if it could not be confirmed: then nothing may be shown.
        std::optional<mail::access_verdict> verdict;
        /// It may stand in the log, and so needs its close.
        bool may_stand = false;
    };
    boost::asio::awaitable<outcome> attempt(mail::event_id id, mail::access_attempted attempted);
    boost::asio::awaitable<std::optional<mail::access_verdict>> renew(mail::event_id attempt);
    /// Returns at once; the close is appended behind the reader's back.
    void close(
        const mail::event_id& attempt,
        const mail::network_message_id& message,
        std::uint64_t octets,
        std::string_view ending);

    const mail_log& bus() const { return bus_; }
    const identity& self() const { return self_; }
    service::session_group& sessions() { return closings_; }

private:
    boost::asio::awaitable<void> append_close(
        mail::access_closed closed, mail::network_message_id message);

    mail_log& bus_;
    service::session_group& closings_;
    const identity& self_;
    service::log& diagnostics_;
};

} // namespace portal
