#include "revocation/tokens.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cctype>
#include <optional>

namespace revocation {

namespace {

using sha256 = std::array<std::uint8_t, 32>;

std::optional<int> hex_digit(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    if (letter >= 'a' && letter <= 'f')
        return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F')
        return letter - 'A' + 10;
    return std::nullopt;
}

std::optional<sha256> parse_hash(std::string_view text)
{
    sha256 hash{};
    if (text.size() != 2 * hash.size())
        return std::nullopt;
    for (std::size_t index = 0; index < hash.size(); ++index) {
        const auto high = hex_digit(text[2 * index]);
        const auto low = hex_digit(text[2 * index + 1]);
        if (!high || !low)
            return std::nullopt;
        hash[index] = static_cast<std::uint8_t>(*high * 16 + *low);
    }
    return hash;
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Takes the next word off `line`.
std::string_view next_word(std::string_view& line)
{
    line = trimmed(line);
    const auto word = line.substr(0, line.find_first_of(" \t"));
    line = trimmed(line.substr(word.size()));
    return word;
}

std::optional<mail::role> parse_role(std::string_view text)
{
    if (text == "administrator")
        return mail::role::administrator;
    if (text == "auditor")
        return mail::role::auditor;
    return std::nullopt;
}

bool is_plain_name(std::string_view name)
{
    if (name.empty() || name.size() > 128)
        return false;
    for (const unsigned char letter : name)
        if (letter < 0x20 || letter == 0x7f)
            return false;
    return true;
}

} // namespace

token_table token_table::parse(std::string_view text, std::vector<std::string>& faults)
{
    token_table table;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        std::string_view line = trimmed(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (line.empty() || line.front() == '#')
            continue;
        const auto fault = [&](std::string_view what) {
            faults.push_back("line " + std::to_string(number) + ": " + std::string{what});
        };
        const auto hash = parse_hash(next_word(line));
        const auto role = parse_role(next_word(line));
        if (!hash)
            fault("begins with no SHA-256 of a token in 64 hexadecimal digits");
        if (!role)
            fault("its role is neither administrator nor auditor");
        if (!is_plain_name(line))
            fault("needs a name of 1 to 128 octets after the role");
        if (hash && role && is_plain_name(line))
            table.entries_.push_back({*hash, {*role, std::string{line}}});
    }
    if (table.entries_.empty() && faults.empty())
        faults.emplace_back("holds no token, so nobody could use the admin API");
    return table;
}

const token_holder* token_table::find(std::string_view token) const
{
    if (token.empty() || token.size() > longest_token)
        return nullptr;
    sha256 hash{};
    SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), hash.data());
    const token_holder* found = nullptr;
    for (const entry& each : entries_)
        if (CRYPTO_memcmp(each.hash.data(), hash.data(), hash.size()) == 0)
            found = &each.holder;
    return found;
}

std::string_view bearer_token(std::string_view authorization)
{
    constexpr std::string_view scheme = "bearer ";
    if (authorization.size() <= scheme.size())
        return {};
    for (std::size_t index = 0; index < scheme.size(); ++index)
        if (std::tolower(static_cast<unsigned char>(authorization[index])) != scheme[index])
            return {};
    return trimmed(authorization.substr(scheme.size()));
}

} // namespace revocation
