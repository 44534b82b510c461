#pragma once

#include "simulator/mailboxes/mail_client.hpp"
#include "simulator/mailboxes/mailbox_store.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The web page, rendered on the server and without script. Mail comes from anywhere, so every
/// value is escaped, and HTML mail is shown in a sandboxed frame that runs nothing and loads
/// nothing.
namespace simulator {

std::string mailboxes_page(const std::vector<mailbox_summary>& mailboxes);

struct mail_row {
    std::int64_t id = 0;
    std::int64_t received_at = 0;
    delivery_kind delivery = delivery_kind::plain;
    std::string kind, from, subject; ///< as in shown_mail
};
/// One page of a mailbox.
struct mail_rows {
    std::vector<mail_row> mails;
    bool newest = true; ///< it is the first one
    bool older = false; ///< more follow
};
std::string mailbox_page(const std::string& mailbox, const mail_rows& rows);

std::string message_page(const stored_mail& stored, const shown_mail& shown);

std::string missing_page(unsigned status);

std::string_view style_sheet();

} // namespace simulator
