#pragma once

#include "mail/address.hpp"
#include "simulator/mailboxes/database.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simulator {

/// A mail as it came in over SMTP, byte for byte.
struct stored_mail {
    std::int64_t id = 0;          ///< grows; never given twice
    std::string mailbox;          ///< address in lower case
    std::string sender;           ///< of MAIL FROM; empty: the null reverse path
    std::int64_t received_at = 0; ///< milliseconds since 1970
    std::string octets;
};

struct mailbox_summary {
    std::string address;
    std::int64_t messages = 0;
    std::int64_t latest = 0; ///< milliseconds since 1970
};

/// A page of a mailbox's mails, newest first.
struct mail_range {
    std::int64_t after = 0; ///< only ids above it
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    std::size_t most = 0;
};
struct mail_page {
    std::vector<std::int64_t> ids;
    bool older = false; ///< there are more above `after`
};

/// The mailboxes of the simulated outside world: durable, and without the faintest idea of what a
/// mail says. Mailboxes are named by address key (lower case).
class mailbox_store {
public:
    explicit mailbox_store(const std::filesystem::path& file);

    /// One copy for each recipient, all on disk when it returns, or none.
    void keep(
        const std::vector<mail::address>& recipients,
        const mail::address& sender,
        std::int64_t received_at,
        std::string_view octets);

    /// Those that hold mail, by address.
    std::vector<mailbox_summary> mailboxes() const;
    mail_page page(std::string_view mailbox, const mail_range& wanted) const;
    bool has_newer(std::string_view mailbox, std::int64_t after) const;
    std::optional<stored_mail> find(std::string_view mailbox, std::int64_t id) const;

    /// false: there was no such mail.
    bool erase(std::string_view mailbox, std::int64_t id);
    void erase_all(std::string_view mailbox);

private:
    database file_;
};

} // namespace simulator
