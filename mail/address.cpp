#include "mail/address.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace mail {
namespace {

constexpr std::size_t longest_local_part = 64;
constexpr std::size_t longest_domain = 255;
constexpr std::size_t longest_label = 63;

constexpr bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
constexpr bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || is_upper(c);
}

void make_lower(std::span<char> text)
{
    for (char& c : text) {
        if (is_upper(c))
            c = static_cast<char>(c - 'A' + 'a');
    }
}

constexpr auto atom_characters = [] {
    std::array<bool, 256> result{};
    constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~";
    for (unsigned c = 0; c < result.size(); ++c) {
        const char character = static_cast<char>(c);
        result[c] = is_letter(character) || is_digit(character) ||
                    others.find(character) != std::string_view::npos;
    }
    return result;
}();

bool is_atom_character(char c)
{
    return atom_characters[static_cast<std::uint8_t>(c)];
}

/// Splits at every `separator`; true when no piece is refused.
template <class Allowed>
bool each_piece(std::string_view text, char separator, Allowed allowed)
{
    while (true) {
        const auto end = text.find(separator);
        if (!allowed(text.substr(0, end)))
            return false;
        if (end == std::string_view::npos)
            return true;
        text.remove_prefix(end + 1);
    }
}

bool is_dot_string(std::string_view text)
{
    return each_piece(text, '.', [](std::string_view atom) {
        return !atom.empty() && std::all_of(atom.begin(), atom.end(), is_atom_character);
    });
}

bool is_quoted_string(std::string_view text)
{
    if (text.size() < 3 || text.front() != '"' || text.back() != '"')
        return false;
    text = text.substr(1, text.size() - 2);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escaped = text[at] == '\\';
        if (escaped && ++at == text.size())
            return false;
        if (text[at] < ' ' || text[at] > '~' || (text[at] == '"' && !escaped))
            return false;
    }
    return true;
}

bool is_label(std::string_view label)
{
    const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '-'; };
    return !label.empty() && label.size() <= longest_label && label.front() != '-' &&
           label.back() != '-' && std::all_of(label.begin(), label.end(), allowed);
}

bool is_ipv4(std::string_view text)
{
    if (std::count(text.begin(), text.end(), '.') != 3)
        return false;
    return each_piece(text, '.', [](std::string_view number) {
        if (number.empty() || number.size() > 3 ||
            !std::all_of(number.begin(), number.end(), is_digit))
            return false;
        return number.size() < 3 || number <= "255";
    });
}

/// The form only: what it stands for is for whoever connects to find out.
bool is_ipv6(std::string_view text)
{
    const auto allowed = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
               c == '.';
    };
    return text.size() >= 2 && text.size() <= 45 &&
           std::count(text.begin(), text.end(), ':') >= 2 &&
           std::all_of(text.begin(), text.end(), allowed);
}

bool is_literal(std::string_view domain)
{
    if (domain.size() < 2 || domain.front() != '[' || domain.back() != ']')
        return false;
    std::string inner(domain.substr(1, domain.size() - 2));
    make_lower(inner);
    if (inner.starts_with("ipv6:"))
        return is_ipv6(std::string_view(inner).substr(5));
    return is_ipv4(inner);
}

/// Quotes that need not be there make no other mailbox.
std::string unquoted(std::string_view local_part)
{
    if (local_part.front() != '"')
        return std::string(local_part);
    std::string content;
    for (std::size_t at = 1; at + 1 < local_part.size(); ++at) {
        if (local_part[at] == '\\')
            ++at;
        content += local_part[at];
    }
    return is_dot_string(content) ? content : std::string(local_part);
}

} // namespace

std::optional<address> address::parse(std::string_view text)
{
    const auto at = text.rfind('@');
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::string_view local = text.substr(0, at);
    const std::string_view domain = text.substr(at + 1);
    if (local.empty() || local.size() > longest_local_part || domain.size() > longest_domain)
        return std::nullopt;
    if (!is_dot_string(local) && !is_quoted_string(local))
        return std::nullopt;
    if (!is_literal(domain) && !each_piece(domain, '.', is_label))
        return std::nullopt;

    address result;
    result.text_ = text;
    make_lower(std::span(result.text_).subspan(at));
    const bool quoted = local.front() == '"';
    if (quoted || std::any_of(local.begin(), local.end(), is_upper)) {
        result.key_ = quoted ? unquoted(local) + result.text_.substr(at) : result.text_;
        make_lower(result.key_);
    }
    return result;
}

std::string_view address::local_part() const
{
    const auto at = text_.rfind('@');
    return at == std::string::npos ? std::string_view() : std::string_view(text_).substr(0, at);
}

std::string_view address::domain() const
{
    const auto at = text_.rfind('@');
    return at == std::string::npos ? std::string_view() : std::string_view(text_).substr(at + 1);
}

} // namespace mail
