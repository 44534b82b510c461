#include "gateway/smtp_data.hpp"

#include <algorithm>

namespace gateway {
namespace {

constexpr std::string_view received = "received:";
constexpr std::string_view special("\r\n\0", 3);

bool starts_received(std::string_view line)
{
    return line.size() == received.size() &&
           std::equal(line.begin(), line.end(), received.begin(), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
           });
}

} // namespace

std::size_t smtp_data::take(std::string_view octets, std::string& mail)
{
    std::size_t at = 0;
    while (at < octets.size() && !ended()) {
        if (position_ == position::text) {
            const auto stop = std::min(octets.find_first_of(special, at), octets.size());
            give(octets.substr(at, stop - at), mail);
            at = stop;
            if (at == octets.size() || ended()) {
                break;
            }
        }
        step(octets[at++], mail);
    }
    return at;
}

void smtp_data::step(char octet, std::string& mail)
{
    if (octet == '\0') {
        return give_up(smtp_outcome::null_octet);
    }
    const bool after_cr = position_ == position::after_cr || position_ == position::after_dot_cr;
    if (after_cr != (octet == '\n')) {
        return give_up(smtp_outcome::bare_line_end);
    }
    switch (position_) {
    case position::line_start:
        if (octet == '.') {
            position_ = position::after_dot;
            return;
        }
        [[fallthrough]];
    case position::text:
    case position::after_dot:
        if (octet == '\r') {
            position_ =
                position_ == position::after_dot ? position::after_dot_cr : position::after_cr;
            return;
        }
        position_ = position::text;
        return give({&octet, 1}, mail);
    case position::after_cr:
        return end_line(mail);
    case position::after_dot_cr:
        ended_by_dot_ = true;
        position_ = position::end;
        return;
    case position::end:
        return;
    }
}

void smtp_data::give(std::string_view octets, std::string& mail)
{
    line_ += octets.size();
    size_ += octets.size();
    if (line_ > longest_line) {
        refuse(smtp_outcome::text_line_too_long);
    }
    if (size_ > size_limit_) {
        refuse(smtp_outcome::mail_too_large);
    }
    // Who goes on for as long again after a refusal is not going to listen: the reply now.
    if (size_ / 2 > size_limit_) {
        return give_up(smtp_outcome::mail_too_large);
    }
    watch_header(octets);
    if (!fault_) {
        mail.append(octets);
    }
}

void smtp_data::end_line(std::string& mail)
{
    if (line_ == 0) {
        in_header_ = false;
    }
    line_head_.clear();
    // CRLF counts for the mail's size, not for the line's.
    position_ = position::line_start;
    line_ = 0;
    give("\r\n", mail);
    line_ = 0;
    line_head_.clear();
}

void smtp_data::watch_header(std::string_view octets)
{
    if (!in_header_ || line_head_.size() >= received.size()) {
        return;
    }
    line_head_.append(octets.substr(0, received.size() - line_head_.size()));
    if (starts_received(line_head_) && ++received_ > received_fields) {
        refuse(smtp_outcome::mail_loop);
    }
}

void smtp_data::refuse(smtp_outcome why)
{
    if (!fault_) {
        fault_ = why;
    }
}

void smtp_data::give_up(smtp_outcome why)
{
    refuse(why);
    position_ = position::end;
}

void data_writer::push(std::string_view octets, std::string& wire)
{
    for (const char octet : octets) {
        if (octet == '\n' && after_cr_) {
            after_cr_ = false;
            continue;
        }
        after_cr_ = octet == '\r';
        if (octet == '\r' || octet == '\n') {
            wire += "\r\n";
            line_start_ = true;
            continue;
        }
        if (line_start_ && octet == '.') {
            wire += '.';
        }
        wire += octet;
        line_start_ = false;
    }
}

void data_writer::finish(std::string& wire)
{
    wire += line_start_ ? ".\r\n" : "\r\n.\r\n";
    line_start_ = true;
    after_cr_ = false;
}

} // namespace gateway
