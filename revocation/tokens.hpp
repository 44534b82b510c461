#pragma once

#include "mail/events.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace revocation {

/// Who a bearer token belongs to.
struct token_holder {
    mail::role role{};
    std::string name; ///< stands in events and in the log as the actor

    bool may_change() const { return role == mail::role::administrator; }
};

/// The bearer tokens of the admin API. Only their SHA-256 is kept, on disk and in memory; what a
/// caller presents may come from an enemy.
class token_table {
public:
    static constexpr std::size_t longest_token = 512;

    /// One token a line: SHA-256 of the token in hexadecimal, role (`administrator` or `auditor`),
    /// name. Empty lines and lines that begin with # are skipped. Every fault goes to `faults`,
    /// naming its line and never its content.
    static token_table parse(std::string_view text, std::vector<std::string>& faults);

    /// nullptr: nobody's. Takes the same time for every token of one length, right or wrong.
    const token_holder* find(std::string_view token) const;
    bool empty() const { return entries_.empty(); }

private:
    struct entry {
        std::array<std::uint8_t, 32> hash{};
        token_holder holder;
    };
    std::vector<entry> entries_;
};

/// The token of an `Authorization: Bearer TOKEN` header; empty: there is none.
std::string_view bearer_token(std::string_view authorization);

} // namespace revocation
