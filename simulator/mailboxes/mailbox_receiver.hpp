#pragma once

#include "gateway/smtp_receiver.hpp"
#include "simulator/mailboxes/smtp_faults.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simulator {

class mailbox_store;
class arrivals;

/// The recipients' mail systems: takes mail for any address, and answers 250 to DATA when every
/// copy is on disk. Fails as the fault script says.
class mailbox_receiver : public gateway::smtp_receiver {
public:
    mailbox_receiver(
        boost::asio::any_io_executor executor,
        mailbox_store& store,
        fault_script& faults,
        arrivals& arrived,
        std::function<std::int64_t()> now); ///< milliseconds since 1970

    boost::asio::awaitable<std::unique_ptr<gateway::smtp_transaction>> begin(
        const gateway::smtp_peer& peer,
        const mail::address& sender,
        std::uint64_t declared_size,
        gateway::smtp_reply& refusal) override;

private:
    class delivery;
    /// The reply of the fault that happens now, after its delay; nullopt: all goes well. Throws to
    /// cut the connection.
    boost::asio::awaitable<std::optional<gateway::smtp_reply>> suffer(
        smtp_stage stage, std::vector<std::string> addresses);

    boost::asio::any_io_executor executor_;
    mailbox_store& store_;
    fault_script& faults_;
    arrivals& arrived_;
    std::function<std::int64_t()> now_;
};

} // namespace simulator
