#include "gateway/received_header.hpp"

#include "mail/date.hpp"

#include <algorithm>
#include <string_view>

namespace gateway {
namespace {

constexpr std::size_t longest_subject = 1000;
constexpr std::size_t longest_message_id = 998;

bool same_name(std::string_view one, std::string_view lower)
{
    return std::equal(one.begin(), one.end(), lower.begin(), lower.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
    });
}

std::size_t count(const mail::header_reader& header, std::string_view lower_name)
{
    const auto& fields = header.fields();
    return static_cast<std::size_t>(
        std::count_if(fields.begin(), fields.end(), [&](const mail::header_field& field) {
            return same_name(field.name, lower_name);
        }));
}

// Cut between characters of UTF-8, so that JSON can hold it.
std::string shortened(const std::string& text)
{
    std::size_t end = std::min(text.size(), longest_subject);
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
        --end;
    }
    return text.substr(0, end);
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blank = " \t";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string received_field(const reception& how)
{
    // RFC 5321 section 4.4; the name is what the session let through: letters, digits and .-_:[]
    const auto literal = how.peer.address.find(':') == std::string::npos
                             ? "[" + how.peer.address + "]"
                             : "[IPv6:" + how.peer.address + "]";
    return "Received: from " + how.peer.helo + " (" + literal + ")\r\n\tby " + how.host_name +
           " with " + (how.peer.tls ? "ESMTPS" : "ESMTP") + " id " + how.message.text + ";\r\n\t" +
           mail::rfc5322_date(how.time) + "\r\n";
}

} // namespace

received_header examine(const mail::header_reader& header, const reception& how)
{
    received_header seen;
    seen.added = received_field(how);
    if (count(header, "from") != 1) {
        seen.fault = smtp_outcome::not_one_from;
    }
    if (const auto* subject = header.find("Subject")) {
        seen.subject = shortened(subject->value);
    }
    const auto* id = header.find("Message-ID");
    const auto given = id ? trimmed(id->value) : std::string_view{};
    const bool unusable = (id && given.empty()) || given.size() > longest_message_id;
    if (unusable || count(header, "message-id") > 1) {
        seen.fault = seen.fault.value_or(smtp_outcome::bad_message_id);
    }
    if (id) {
        seen.message_id.text = std::string(given);
    } else {
        seen.message_id.text = "<" + how.message.text + "@" + how.host_name + ">";
        seen.added += "Message-ID: " + seen.message_id.text + "\r\n";
    }
    if (!header.find("Date")) {
        seen.added += "Date: " + mail::rfc5322_date(how.time) + "\r\n";
    }
    return seen;
}

} // namespace gateway
