#include "gateway/reply_reader.hpp"

#include <algorithm>

namespace gateway {
namespace {

bool is_digit(char octet)
{
    return octet >= '0' && octet <= '9';
}

// "2.1.5 " at the front (RFC 3463 section 2): class.subject.detail.
std::string_view enhanced_code(std::string_view text)
{
    const auto word = text.substr(0, text.find(' '));
    const bool shape = word.size() >= 5 && word.size() <= 9 && word[1] == '.' &&
                       (word[0] == '2' || word[0] == '4' || word[0] == '5') &&
                       std::count(word.begin(), word.end(), '.') == 2 && is_digit(word.back()) &&
                       word[2] != '.' && std::all_of(word.begin(), word.end(), [](char octet) {
                           return octet == '.' || is_digit(octet);
                       });
    return shape ? word : std::string_view{};
}

std::string printable(std::string_view text)
{
    std::string kept;
    std::copy_if(text.begin(), text.end(), std::back_inserter(kept), [](char octet) {
        return octet >= 0x20 && octet < 0x7f;
    });
    return kept;
}

} // namespace

reply_reader::progress reply_reader::line(std::string_view text)
{
    if (text.size() < 3 || !std::all_of(text.begin(), text.begin() + 3, is_digit) ||
        text[0] < '2' || text[0] > '5' || reply_.lines.size() == most_lines) {
        return progress::nonsense;
    }
    const int code = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    if (reply_.code != 0 && reply_.code != code) {
        return progress::nonsense;
    }
    const char separator = text.size() > 3 ? text[3] : ' ';
    if (separator != ' ' && separator != '-') {
        return progress::nonsense;
    }
    auto rest = text.substr(std::min<std::size_t>(4, text.size()));
    const auto enhanced = enhanced_code(rest);
    if (!enhanced.empty()) {
        reply_.enhanced = std::string(enhanced);
        rest.remove_prefix(std::min(enhanced.size() + 1, rest.size()));
    }
    reply_.code = code;
    reply_.lines.push_back(printable(rest));
    return separator == '-' ? progress::more : progress::complete;
}

std::string one_line(const smtp_reply& reply)
{
    std::string text = reply.code == 0 ? std::string{} : std::to_string(reply.code);
    const auto add = [&text](const std::string& word) {
        if (!word.empty()) {
            text += text.empty() ? word : ' ' + word;
        }
    };
    add(reply.enhanced);
    for (const auto& line : reply.lines) {
        add(line);
    }
    constexpr std::size_t longest = 512;
    return text.substr(0, longest);
}

} // namespace gateway
