#include "portal/content_disposition.hpp"

#include <cstdint>

namespace portal {

namespace {

constexpr std::size_t longest_name = 200;

/// Length of the UTF-8 sequence at `position`; 0: not one (RFC 3629), and `code` is its scalar
/// value.
std::size_t sequence_at(std::string_view text, std::size_t position, std::uint32_t& code)
{
    const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = octet(position);
    if (first < 0x80) {
        code = first;
        return 1;
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || position + length > text.size()) {
        return 0;
    }
    code = first & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((octet(position + i) & 0xc0) != 0x80) {
            return 0;
        }
        code = code << 6 | (octet(position + i) & 0x3f);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < least[length] || surrogate || code > 0x10ffff ? 0 : length;
}

/// Controls, separators of lines, and what turns the direction of text: "exe.fdp" for "pdf.exe".
bool is_dropped(std::uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

bool is_replaced(std::uint32_t code)
{
    constexpr std::string_view separators = "/\\:*?\"<>|";
    return code < 0x80 && separators.find(static_cast<char>(code)) != std::string_view::npos;
}

void trim(std::string& name)
{
    while (!name.empty() && (name.back() == ' ' || name.back() == '.')) {
        name.pop_back();
    }
    const std::size_t begin = name.find_first_not_of(" .");
    name.erase(0, begin == std::string::npos ? name.size() : begin);
}

bool is_attribute_character(char c)
{
    constexpr std::string_view others = "!#$&+-.^_`|~"; // RFC 8187 attr-char
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
}

std::string percent_encoded(std::string_view name)
{
    constexpr char digits[] = "0123456789ABCDEF";
    std::string text;
    for (const char c : name) {
        if (is_attribute_character(c)) {
            text += c;
        } else {
            const auto octet = static_cast<std::uint8_t>(c);
            text += {'%', digits[octet >> 4], digits[octet & 15]};
        }
    }
    return text;
}

/// One underscore for each character that quoted-string or an old browser would stumble over.
std::string ascii_fallback(std::string_view name)
{
    std::string text;
    for (const char c : name) {
        const auto octet = static_cast<std::uint8_t>(c);
        if ((octet & 0xc0) == 0x80) {
            continue;
        }
        text += octet >= 0x80 || c == '%' ? '_' : c;
    }
    return text;
}

} // namespace

std::string safe_file_name(std::string_view name)
{
    std::string safe;
    for (std::size_t position = 0; position < name.size();) {
        std::uint32_t code = 0;
        const std::size_t length = sequence_at(name, position, code);
        if (length == 0 || is_replaced(code)) {
            safe += '_';
        } else if (!is_dropped(code)) {
            if (safe.size() + length > longest_name) {
                break;
            }
            safe += name.substr(position, length);
        }
        position += length == 0 ? 1 : length;
        if (safe.size() >= longest_name) {
            break;
        }
    }
    trim(safe);
    return safe.empty() ? "attachment" : safe;
}

std::string content_disposition(std::string_view name)
{
    const std::string safe = safe_file_name(name);
    const std::string fallback = ascii_fallback(safe);
    std::string header = "attachment; filename=\"" + fallback + '"';
    if (fallback != safe) {
        header += "; filename*=UTF-8''" + percent_encoded(safe);
    }
    return header;
}

} // namespace portal
