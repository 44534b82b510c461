#pragma once

#include "mail/ledger.hpp"
#include "portal/access_record.hpp"
#include "portal/grants.hpp"
#include "portal/surroundings.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace portal {

/// One disclosure from its attempt to its close: a granted attempt, the grant that runs from when
/// it was sent, the renewals that keep it. Destroyed without close(), it closes itself with 0
/// octets.
class disclosure : public std::enable_shared_from_this<disclosure> {
public:
    disclosure(access_record& record, const clocks& time, mail::link_target target);
    ~disclosure();
    disclosure(const disclosure&) = delete;
    disclosure& operator=(const disclosure&) = delete;

    /// Once: appends and applies; what the ledger rules. nullopt: not confirmed.
    boost::asio::awaitable<std::optional<mail::access_verdict>> attempt(
        mail::session_hash session, mail::access_kind what, std::string item);

    /// Renews when half of the grant is gone. False: no octet may be shown any more.
    boost::asio::awaitable<bool> keep();
    /// Keeps it until close(), so that a reader who takes long for one piece keeps the grant too.
    void keep_in_background(const boost::asio::any_io_executor& executor);

    /// The end of the grant; long past once the ledger no longer lets this reader read.
    grant::time_point not_after() const;
    bool holds() const;
    /// "revoked", "grant ended" or "aborted".
    std::string_view ending() const;

    void close(std::uint64_t octets, std::string_view ending);
    bool closed() const { return closed_; }
    const mail::link_target& target() const { return target_; }

private:
    boost::asio::awaitable<void> renew_until_closed(boost::asio::any_io_executor executor);
    bool ledger_allows() const;

    access_record& record_;
    const clocks& time_;
    mail::link_target target_;
    mail::event_id id_;
    std::optional<grant> grant_;
    bool may_stand_ = false;
    bool renewing_ = false;
    bool closed_ = false;
};

} // namespace portal
