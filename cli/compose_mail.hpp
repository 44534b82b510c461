#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct attached_file {
    std::string name; ///< UTF-8, without its path
    std::string octets;
};

struct mail_parts {
    std::string from;
    std::vector<std::string> to;
    std::string subject;             ///< UTF-8
    std::optional<std::string> text; ///< UTF-8
    std::optional<std::string> html; ///< UTF-8
    std::vector<attached_file> attachments;
    std::string message_id; ///< with angle brackets
    std::string date;       ///< RFC 5322
    std::string boundary;   ///< a text that occurs in no part
};

/// A mail as RFC 5322 and MIME want it: text and HTML as alternatives, attachments beside them,
/// CRLF line ends, seven bits only.
std::string compose_mail(const mail_parts& parts);

/// Bare CR and LF become CRLF, as SMTP asks for.
std::string with_crlf(std::string_view text);

/// "Übersicht" as an encoded word (RFC 2047); plain ASCII stays as it is. Control characters are
/// dropped.
std::string encoded_header(std::string_view text);

} // namespace cli
