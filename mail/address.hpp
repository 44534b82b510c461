#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace mail {

/// A mailbox as in SMTP (RFC 5321 section 4.1.2), local part kept as written, domain in lower case.
/// The empty address is the null reverse path `<>`.
class address {
public:
    address() = default;

    /// Reads `local@domain` without angle brackets: at most 64 and 255 octets, ASCII, dot-string or
    /// quoted local part. nullopt for anything else, also for the empty text.
    static std::optional<address> parse(std::string_view text);

    bool is_null() const { return text_.empty(); }
    const std::string& text() const { return text_; }
    std::string_view local_part() const;
    std::string_view domain() const;

    /// Lower case throughout: two addresses are the same mailbox when their keys are equal (as
    /// Exchange compares).
    const std::string& key() const { return key_.empty() ? text_ : key_; }

    bool operator==(const address& other) const { return key() == other.key(); }
    std::strong_ordering operator<=>(const address& other) const { return key() <=> other.key(); }

private:
    std::string text_;
    std::string key_; ///< empty when it is the text itself, as nearly always
};

} // namespace mail
