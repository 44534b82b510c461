#include "portal/fresh_values.hpp"

#include "encryptor/secret.hpp"
#include "mail/uuid.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace portal {

namespace {

std::uint32_t random_number()
{
    std::uint32_t number = 0;
    for (const char octet : encryptor::random_octets(4)) {
        number = number << 8 | static_cast<std::uint8_t>(octet);
    }
    return number;
}

} // namespace

std::string fresh_uuid()
{
    const std::string octets = encryptor::random_octets(10);
    std::array<std::uint8_t, 10> random{};
    std::copy(octets.begin(), octets.end(), random.begin());
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return mail::make_uuid_v7(
        std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), random);
}

std::string fresh_content_id()
{
    return encryptor::hexadecimal(encryptor::random_octets(16));
}

std::string fresh_cookie()
{
    return encryptor::hexadecimal(encryptor::random_octets(32));
}

std::string fresh_passcode()
{
    constexpr std::uint32_t codes = 100'000'000;
    // The largest multiple of `codes` that fits: numbers above it would make low codes likelier.
    constexpr std::uint32_t fair = UINT32_MAX / codes * codes;
    std::uint32_t number = random_number();
    while (number >= fair) {
        number = random_number();
    }
    const std::string digits = std::to_string(number % codes);
    return std::string(8 - digits.size(), '0') + digits;
}

std::string fresh_reference()
{
    constexpr char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    static_assert(sizeof alphabet == 32 + 1);
    std::string reference;
    for (const char octet : encryptor::random_octets(4)) {
        reference += alphabet[static_cast<std::uint8_t>(octet) % 32];
    }
    return reference;
}

std::string hash_of_cookie(const std::string& cookie)
{
    return encryptor::hexadecimal(encryptor::sha256(cookie));
}

} // namespace portal
