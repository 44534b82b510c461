#pragma once

#include "gateway/allowed_networks.hpp"
#include "gateway/mail_log.hpp"
#include "gateway/smtp_receiver.hpp"
#include "mail/events.hpp"
#include "mail/ledger.hpp"
#include "service/session_group.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace service {
class log;
}

namespace gateway {

struct acceptance_settings {
    std::string host_name;          ///< in the Received field and in Message-IDs we give
    allowed_networks networks;      ///< who may send
    std::string portal_public_key;  ///< 32 octets, for link slots
    std::string gateway_public_key; ///< 32 octets, for our own queue
};

/// Takes mail in: sealed while it arrives, and ours only when content, key slots and
/// `message.accepted` are on disk in one commit. What has failed before leaves nothing behind.
class accept_mail final : public smtp_receiver {
public:
    /// `ready`: the ledger has been caught up with the log, so the directory can be relied on.
    accept_mail(
        boost::asio::any_io_executor executor,
        mail_log& bus,
        const mail::ledger& ledger,
        acceptance_settings settings,
        std::function<bool()> ready,
        std::function<mail::bus_time()> clock,
        service::log& log);
    ~accept_mail() override;

    std::optional<smtp_reply> turned_away() const override;
    boost::asio::awaitable<std::unique_ptr<smtp_transaction>> begin(
        const smtp_peer& peer,
        const mail::address& sender,
        std::uint64_t declared_size,
        smtp_reply& refusal) override;

    /// Waits for the contents that are being dropped.
    boost::asio::awaitable<void> drain(std::chrono::milliseconds patience);

private:
    class transaction;

    mail_log& bus_;
    const mail::ledger& ledger_;
    acceptance_settings settings_;
    std::function<bool()> ready_;
    std::function<mail::bus_time()> clock_;
    service::log& log_;
    service::session_group discards_;
};

} // namespace gateway
