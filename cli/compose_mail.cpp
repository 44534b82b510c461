#include "cli/compose_mail.hpp"

#include "cli/admin_client.hpp"

#include <algorithm>

namespace cli {

namespace {

constexpr std::size_t base64_line = 57; ///< octets that make 76 characters
constexpr std::size_t word_octets = 39; ///< an encoded word of at most 75 characters
constexpr std::size_t quoted_line = 75;

std::string base64(std::string_view octets)
{
    static constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < octets.size(); at += 3) {
        unsigned group = 0;
        const std::size_t count = std::min<std::size_t>(3, octets.size() - at);
        for (std::size_t index = 0; index < 3; ++index)
            group =
                group << 8 | (index < count ? static_cast<unsigned char>(octets[at + index]) : 0U);
        for (std::size_t index = 0; index < 4; ++index)
            text += index <= count ? letters[group >> (18 - 6 * index) & 63] : '=';
    }
    return text;
}

std::string base64_lines(std::string_view octets)
{
    std::string text;
    for (std::size_t at = 0; at < octets.size(); at += base64_line)
        text += base64(octets.substr(at, base64_line)) + "\r\n";
    return text;
}

std::string quoted_octet(unsigned char octet)
{
    static constexpr std::string_view digits = "0123456789ABCDEF";
    return {'=', digits[octet >> 4], digits[octet & 15]};
}

/// Quoted-printable (RFC 2045 section 6.7) of text with CRLF line ends.
std::string quoted_printable(std::string_view text)
{
    std::string quoted;
    std::size_t column = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text.substr(at, 2) == "\r\n") {
            quoted += "\r\n";
            column = 0;
            ++at;
            continue;
        }
        const auto octet = static_cast<unsigned char>(text[at]);
        const bool last_of_line = at + 1 == text.size() || text.substr(at + 1, 2) == "\r\n";
        const bool space = octet == ' ' || octet == '\t';
        const bool plain = (octet > ' ' && octet < 127 && octet != '=') || (space && !last_of_line);
        const std::string piece = plain ? std::string(1, text[at]) : quoted_octet(octet);
        if (column + piece.size() > quoted_line) {
            quoted += "=\r\n";
            column = 0;
        }
        quoted += piece;
        column += piece.size();
    }
    return quoted;
}

bool is_ascii(std::string_view text)
{
    return std::all_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
}

std::string without_controls(std::string_view text)
{
    std::string kept;
    for (const char character : text)
        if (static_cast<unsigned char>(character) >= ' ' && character != 127)
            kept += character;
    return kept;
}

std::string text_part(std::string_view kind, std::string_view content)
{
    std::string text = with_crlf(content);
    if (!text.ends_with("\r\n"))
        text += "\r\n";
    return "Content-Type: text/" + std::string(kind) +
           "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
           quoted_printable(text);
}

/// RFC 2231 for names beyond ASCII.
std::string file_name_parameter(const std::string& name)
{
    const std::string clean = without_controls(name);
    if (!is_ascii(clean))
        return "filename*=UTF-8''" + percent_encoded(clean);
    std::string quoted;
    for (const char character : clean)
        quoted += character == '"' || character == '\\' ? std::string{'\\', character}
                                                        : std::string(1, character);
    return "filename=\"" + quoted + "\"";
}

std::string attachment_part(const attached_file& file)
{
    return "Content-Type: application/octet-stream\r\nContent-Disposition: attachment;\r\n " +
           file_name_parameter(file.name) + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
           base64_lines(file.octets);
}

std::string multipart(
    std::string_view kind, const std::string& boundary, const std::vector<std::string>& parts)
{
    std::string text =
        "Content-Type: multipart/" + std::string(kind) + "; boundary=\"" + boundary + "\"\r\n\r\n";
    for (const std::string& part : parts) {
        text.append("--").append(boundary).append("\r\n").append(part);
        text.append(part.ends_with("\r\n") ? "" : "\r\n");
    }
    return text + "--" + boundary + "--\r\n";
}

std::string body_part(const mail_parts& parts)
{
    if (parts.html && parts.text)
        return multipart(
            "alternative",
            parts.boundary + "-alternative",
            {text_part("plain", *parts.text), text_part("html", *parts.html)});
    if (parts.html)
        return text_part("html", *parts.html);
    return text_part("plain", parts.text.value_or(""));
}

std::string joined(const std::vector<std::string>& addresses)
{
    std::string list;
    for (const std::string& address : addresses)
        list += (list.empty() ? "" : ",\r\n ") + address;
    return list;
}

} // namespace

std::string compose_mail(const mail_parts& parts)
{
    std::string mail = "From: " + parts.from + "\r\nTo: " + joined(parts.to) +
                       "\r\nSubject: " + encoded_header(parts.subject) + "\r\nDate: " + parts.date +
                       "\r\nMessage-ID: " + parts.message_id + "\r\nMIME-Version: 1.0\r\n";
    if (parts.attachments.empty())
        return mail + body_part(parts);
    std::vector<std::string> pieces = {body_part(parts)};
    for (const attached_file& file : parts.attachments)
        pieces.push_back(attachment_part(file));
    return mail + multipart("mixed", parts.boundary + "-mixed", pieces);
}

std::string with_crlf(std::string_view text)
{
    std::string lines;
    lines.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\r') {
            lines += "\r\n";
            if (at + 1 < text.size() && text[at + 1] == '\n')
                ++at;
        } else if (text[at] == '\n') {
            lines += "\r\n";
        } else {
            lines += text[at];
        }
    }
    return lines;
}

std::string encoded_header(std::string_view text)
{
    std::string clean = without_controls(text);
    if (is_ascii(clean))
        return clean;
    std::string words;
    for (std::size_t at = 0; at < clean.size();) {
        std::size_t end = std::min(at + word_octets, clean.size());
        // Not in the middle of a character of UTF-8.
        while (end < clean.size() && end > at + 1 &&
               (static_cast<unsigned char>(clean[end]) & 0xc0) == 0x80)
            --end;
        words += (words.empty() ? "=?utf-8?B?" : "\r\n =?utf-8?B?") +
                 base64(std::string_view(clean).substr(at, end - at)) + "?=";
        at = end;
    }
    return words;
}

} // namespace cli
