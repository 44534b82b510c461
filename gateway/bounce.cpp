#include "gateway/bounce.hpp"

#include "mail/date.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace gateway {
namespace {

constexpr std::string_view end = "\r\n";

bool is_plain(char octet)
{
    return octet >= 0x20 && octet < 0x7f;
}

// One line of printable ASCII, as a structured field wants it.
std::string plain(std::string_view text)
{
    std::string line(text);
    std::replace_if(
        line.begin(), line.end(), [](char octet) { return !is_plain(octet); }, '?');
    constexpr std::size_t longest = 900;
    return line.substr(0, longest);
}

std::string base64(std::string_view octets)
{
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < octets.size(); at += 3) {
        std::array<unsigned, 3> group{};
        const auto count = std::min<std::size_t>(3, octets.size() - at);
        for (std::size_t index = 0; index < count; ++index) {
            group[index] = static_cast<unsigned char>(octets[at + index]);
        }
        const unsigned bits = group[0] << 16 | group[1] << 8 | group[2];
        for (std::size_t index = 0; index < 4; ++index) {
            text += index <= count ? alphabet[bits >> (18 - 6 * index) & 63] : '=';
        }
    }
    return text;
}

// RFC 2047: words of at most 75 octets, cut between characters.
std::string encoded(const std::string& text)
{
    if (text.size() < 900 && std::all_of(text.begin(), text.end(), is_plain)) {
        return text;
    }
    constexpr std::size_t most = 42; // octets that make 56 of base64
    std::string words;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t stop = std::min(at + most, text.size());
        while (stop < text.size() && stop > at + 1 &&
               (static_cast<unsigned char>(text[stop]) & 0xc0) == 0x80) {
            --stop;
        }
        words += (words.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") +
                 base64(std::string_view(text).substr(at, stop - at)) + "?=";
        at = stop;
    }
    return words;
}

std::string field(std::string_view name, const std::string& value)
{
    return std::string(name) + ": " + value + "\r\n";
}

std::string head(const failure_notice& values, const std::string& boundary)
{
    std::string text;
    text += field("From", "Mail Delivery System <postmaster@" + values.host_name + ">");
    text += field("To", "<" + values.sender.text() + ">");
    text += field("Subject", "Undelivered mail returned to sender");
    text += field("Date", mail::rfc5322_date(values.time));
    text += field("Message-ID", "<" + values.notice_id + "@" + values.host_name + ">");
    if (!values.message_id.empty()) {
        text += field("In-Reply-To", plain(values.message_id.text));
    }
    text += field("Auto-Submitted", "auto-replied");
    text += field("MIME-Version", "1.0");
    text += "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"" +
            boundary + "\"\r\n";
    return text;
}

std::string for_people(const failure_notice& values)
{
    return "Content-Type: text/plain; charset=us-ascii\r\n\r\n"
           "Your mail could not be delivered to\r\n\r\n"
           "    <" +
           values.recipient.text() +
           ">\r\n\r\n"
           "The reason given was:\r\n\r\n    " +
           plain(values.reply) + "\r\n\r\nIts number at this gateway is " + values.message.text +
           ".\r\n";
}

std::string for_programs(const failure_notice& values)
{
    std::string text = "Content-Type: message/delivery-status\r\n\r\n";
    text += field("Reporting-MTA", "dns; " + values.host_name);
    text += field("Arrival-Date", mail::rfc5322_date(values.accepted));
    text += end;
    text += field("Final-Recipient", "rfc822; " + values.recipient.text());
    text += field("Action", "failed");
    text += field("Status", status_of(values.reply));
    const bool from_peer =
        !values.reply.empty() && values.reply[0] >= '4' && values.reply[0] <= '5';
    text += field("Diagnostic-Code", (from_peer ? "smtp; " : "x-sealpost; ") + plain(values.reply));
    text += field("Last-Attempt-Date", mail::rfc5322_date(values.time));
    return text;
}

std::string original_header(const failure_notice& values)
{
    std::string text = "Content-Type: text/rfc822-headers\r\n\r\n";
    text += field("From", "<" + values.sender.text() + ">");
    text += field("To", "<" + values.recipient.text() + ">");
    text += field("Subject", encoded(values.subject));
    text += field("Date", mail::rfc5322_date(values.accepted));
    if (!values.message_id.empty()) {
        text += field("Message-ID", plain(values.message_id.text));
    }
    return text;
}

} // namespace

std::string make_failure_notice(const failure_notice& values)
{
    const auto boundary = "=_" + values.notice_id;
    const auto line = "\r\n--" + boundary;
    return head(values, boundary) + line + "\r\n" + for_people(values) + line + "\r\n" +
           for_programs(values) + line + "\r\n" + original_header(values) + line + "--\r\n";
}

std::string status_of(const std::string& reply)
{
    const bool code = reply.size() >= 9 && reply[3] == ' ' && reply[4] == '5' && reply[5] == '.';
    if (!code) {
        return "5.0.0";
    }
    const auto status = reply.substr(4, reply.find(' ', 4) - 4);
    const bool shape = std::count(status.begin(), status.end(), '.') == 2 &&
                       std::all_of(status.begin(), status.end(), [](char octet) {
                           return octet == '.' || (octet >= '0' && octet <= '9');
                       });
    return shape ? status : "5.0.0";
}

} // namespace gateway
