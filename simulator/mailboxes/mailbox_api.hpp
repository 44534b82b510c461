#pragma once

#include "service/http_server.hpp"
#include "simulator/mailboxes/mailbox_json.hpp"
#include "simulator/mailboxes/told_mails.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simulator {

class mailbox_store;
class mail_client;
class fault_script;
class arrivals;

/// REST for scripts: the mailboxes, their mail, and the SMTP faults to come.
class mailbox_api {
public:
    static constexpr std::size_t most_listed = 200;
    static constexpr std::int64_t longest_wait = 60; ///< seconds

    mailbox_api(
        mailbox_store& store, const mail_client& client, fault_script& faults, arrivals& arrived);

    std::vector<service::http_route> routes();

private:
    using response = boost::asio::awaitable<service::http_response>;
    service::http_response mailboxes() const;
    response messages(const service::http_request& request);
    service::http_response message(const service::http_request& request) const;
    service::http_response raw(const service::http_request& request) const;
    service::http_response attachment(const service::http_request& request) const;
    service::http_response erase(const service::http_request& request);
    service::http_response erase_all(const service::http_request& request);
    service::http_response set_faults(const service::http_request& request);
    boost::asio::awaitable<void> wait_for_mail(
        std::string mailbox, std::int64_t after, std::int64_t seconds);
    /// A mail of the list, which is there.
    std::string told(const std::string& mailbox, std::int64_t id, const std::string& means);
    std::optional<stored_mail> named(const service::http_request& request) const;

    mailbox_store& store_;
    const mail_client& client_;
    fault_script& faults_;
    arrivals& arrived_;
    told_mails told_;
};

/// Lower case, as mailboxes are named.
std::string mailbox_key(const service::http_request& request);
/// The number, or nullopt for anything but digits.
std::optional<std::int64_t> whole_number(std::string_view text);

} // namespace simulator
