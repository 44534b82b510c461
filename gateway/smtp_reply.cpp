#include "gateway/smtp_reply.hpp"

#include <algorithm>
#include <iterator>

namespace gateway {
namespace {

struct reply_row {
    smtp_outcome outcome;
    int code;
    std::string_view enhanced;
    std::string_view text;
};

using enum smtp_outcome;

// Codes: RFC 5321 section 4.2.3; enhanced codes: RFC 3463 and RFC 5248.
constexpr reply_row replies[] = {
    {greeting, 220, "", "{} ESMTP sealpost"},
    {goodbye, 221, "2.0.0", "{} closes the connection"},
    {done, 250, "2.0.0", "OK"},
    {sender_ok, 250, "2.1.0", "sender OK"},
    {recipient_ok, 250, "2.1.5", "recipient OK"},
    {accepted, 250, "2.0.0", "accepted as {}"},
    {not_verified, 252, "2.5.2", "cannot verify the address, but takes mail for it"},
    {help, 214, "2.0.0", "EHLO HELO MAIL RCPT DATA RSET NOOP QUIT VRFY HELP STARTTLS (RFC 5321)"},
    {start_data, 354, "", "send the mail, end with <CRLF>.<CRLF>"},
    {start_tls, 220, "2.0.0", "ready to start TLS"},
    {stopping, 421, "4.3.2", "{} is stopping, try again later"},
    {timed_out, 421, "4.4.2", "{} waited too long, closes the connection"},
    {too_many_connections, 421, "4.7.0", "{} has too many connections, try again later"},
    {follow_only, 421, "4.3.2", "{} replays an imported log and takes no mail"},
    {too_many_errors, 421, "4.7.0", "{} has seen too many errors, closes the connection"},
    {cannot_store, 451, "4.3.0", "cannot store mail now, nothing was kept; try again later"},
    {unconfirmed,
     451,
     "4.3.0",
     "the mail may have been kept or not; try again, it may arrive twice"},
    {no_room, 452, "4.3.1", "no room for mail now, nothing was kept; try again later"},
    {too_many_recipients, 452, "4.5.3", "at most {} recipients a mail, send the others in another"},
    {unknown_command, 500, "5.5.1", "unknown command"},
    {malformed_command, 500, "5.5.2", "a command is printable ASCII"},
    {command_too_long, 500, "5.5.2", "the command line is too long, closes the connection"},
    {bare_line_feed_in_command, 500, "5.5.2", "a line ends with CRLF, closes the connection"},
    {bad_argument, 501, "5.5.4", "the argument of {} is wrong"},
    {bad_sender, 501, "5.1.7", "expects MAIL FROM:<local@domain> or MAIL FROM:<>"},
    {bad_recipient, 501, "5.1.3", "expects RCPT TO:<local@domain>, without source route"},
    {no_tls, 502, "5.5.1", "no TLS here"},
    {tls_runs, 503, "5.5.1", "TLS is running already"},
    {greeting_first, 503, "5.5.1", "send EHLO first"},
    {transaction_open, 503, "5.5.1", "a mail is being sent already, send RSET first"},
    {sender_first, 503, "5.5.1", "send MAIL first"},
    {no_recipients, 554, "5.5.1", "no valid recipients"},
    {plaintext_after_starttls, 554, "5.7.0", "plain text after STARTTLS, closes the connection"},
    {unknown_parameter, 555, "5.5.4", "unknown parameter of {}"},
    {relaying_denied, 550, "5.7.1", "relaying denied"},
    {mail_too_large, 552, "5.3.4", "the mail is larger than {} octets"},
    {header_too_large, 552, "5.3.4", "the header is larger than {} octets"},
    {text_line_too_long, 554, "5.6.0", "a line of the mail is longer than 998 octets"},
    {bare_line_end, 554, "5.6.0", "a bare CR or LF in the mail, closes the connection"},
    {null_octet, 554, "5.6.0", "a NUL octet in the mail, closes the connection"},
    {mail_loop, 554, "5.4.6", "more than 50 Received fields: a loop"},
    {not_one_from, 554, "5.6.0", "the mail needs exactly one From field"},
    {bad_message_id, 554, "5.6.0", "the Message-ID is empty, doubled or longer than 998 octets"},
};

std::string with_detail(std::string_view text, std::string_view detail)
{
    std::string filled(text);
    if (const auto gap = filled.find("{}"); gap != std::string::npos) {
        filled.replace(gap, 2, detail);
    }
    return filled;
}

// What a peer or a directory gave may stand in a reply: a line end there would be a second reply.
std::string one_line(std::string_view text)
{
    std::string line(text);
    std::replace_if(
        line.begin(),
        line.end(),
        [](char octet) { return static_cast<unsigned char>(octet) < 0x20 || octet == 0x7f; },
        '?');
    return line;
}

} // namespace

smtp_reply reply_for(smtp_outcome outcome, std::string_view detail)
{
    const auto* row = std::find_if(std::begin(replies), std::end(replies), [&](const reply_row& r) {
        return r.outcome == outcome;
    });
    return {row->code, std::string(row->enhanced), {with_detail(row->text, detail)}};
}

std::string smtp_reply::wire() const
{
    constexpr std::size_t longest = 512 - 2; // RFC 5321 section 4.5.3.1.5, without CRLF
    static const std::vector<std::string> none{""};
    const auto& shown = lines.empty() ? none : lines;
    std::string out;
    for (std::size_t index = 0; index < shown.size(); ++index) {
        std::string line = std::to_string(code);
        line += index + 1 < shown.size() ? '-' : ' ';
        if (!enhanced.empty()) {
            line += enhanced + ' ';
        }
        line += one_line(shown[index]);
        out.append(line, 0, longest);
        out += "\r\n";
    }
    return out;
}

} // namespace gateway
