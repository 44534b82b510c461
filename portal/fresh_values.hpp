#pragma once

#include <string>

/// Everything the portal makes up, from libsodium's generator.
namespace portal {

std::string fresh_uuid();       ///< version 7, of now: for events and challenges
std::string fresh_content_id(); ///< 32 hexadecimal digits
std::string fresh_cookie();     ///< 256 bits in 64 hexadecimal digits
std::string fresh_passcode();   ///< 8 digits, each of the 100,000,000 equally likely
std::string fresh_reference();  ///< 4 letters and digits that no two fonts confuse

/// What events hold instead of a cookie: its SHA-256, 64 hexadecimal digits.
std::string hash_of_cookie(const std::string& cookie);

} // namespace portal
