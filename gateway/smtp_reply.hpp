#pragma once

#include "gateway/smtp_receiver.hpp"

#include <string_view>

namespace gateway {

/// Everything this server ever says, by what happened. Codes and texts stand in one table in
/// smtp_reply.cpp.
enum class smtp_outcome {
    greeting,
    goodbye,
    done,
    sender_ok,
    recipient_ok,
    accepted,
    not_verified,
    help,
    start_data,
    start_tls,
    stopping,
    timed_out,
    too_many_connections,
    follow_only,
    too_many_errors,
    cannot_store,
    unconfirmed, ///< whether it was kept is not known
    no_room,
    too_many_recipients,
    unknown_command,
    malformed_command,
    command_too_long,
    bare_line_feed_in_command,
    bad_argument,
    bad_sender,
    bad_recipient,
    no_tls,
    tls_runs,
    greeting_first,
    transaction_open,
    sender_first,
    no_recipients,
    plaintext_after_starttls,
    unknown_parameter,
    relaying_denied,
    mail_too_large,
    header_too_large,
    text_line_too_long,
    bare_line_end,
    null_octet,
    mail_loop,
    not_one_from,
    bad_message_id
};

/// `detail` stands where the table's text says {}.
smtp_reply reply_for(smtp_outcome outcome, std::string_view detail = {});

} // namespace gateway
