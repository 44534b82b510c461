#pragma once

#include "cli/compose_mail.hpp"
#include "cli/options.hpp"
#include "cli/smtp_exchange.hpp"

#include <filesystem>
#include <string>

namespace cli {

/// `sealpost send`: one mail by SMTP to the gateway.
int send(const std::filesystem::path& state, const send_options& options);

/// A fresh Message-ID, date and boundary for a mail from that address.
mail_parts fresh_mail(const std::string& from);

/// What the gateway's reply says, for scripts.
std::string to_json(const smtp_outcome& outcome, const std::string& message_id);

/// The network message id that the reply to DATA names; empty when it names none.
std::string network_message_id_of(const smtp_outcome& outcome);

} // namespace cli
