#pragma once

#include "encryptor/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace encryptor {

/// The random 128 bits in a link's URL: necessary to open, never sufficient.
class link_token {
public:
    static link_token random();
    /// 22 characters of base64url; nullopt for anything else.
    static std::optional<link_token> parse(std::string_view text);
    static link_token from_octets(std::string_view octets); ///< 16 octets

    std::string text() const; ///< goes into the wrapper mail and nowhere else
    std::string_view octets() const { return octets_.view(); }
    std::string locator() const; ///< HKDF-SHA-256(token, "locate"), 64 hexadecimal digits
    secret open_key() const;     ///< HKDF-SHA-256(token, "open"), 32 octets

private:
    explicit link_token(secret octets) : octets_(std::move(octets)) {}
    secret octets_;
};

} // namespace encryptor
