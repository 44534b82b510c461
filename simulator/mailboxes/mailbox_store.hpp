#pragma once

#include "mail/address.hpp"
#include "simulator/mailboxes/database.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
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
    /// Hands over newest first, at most `limit`, only ids above `after`: one after another, since
    /// all together may be larger than the memory. `take` must not change the store.
    void each_message(
        std::string_view mailbox,
        std::int64_t after,
        std::size_t limit,
        const std::function<void(stored_mail)>& take) const;
    bool has_newer(std::string_view mailbox, std::int64_t after) const;
    std::optional<stored_mail> find(std::string_view mailbox, std::int64_t id) const;

    /// false: there was no such mail.
    bool erase(std::string_view mailbox, std::int64_t id);
    void erase_all(std::string_view mailbox);

private:
    database file_;
};

} // namespace simulator
