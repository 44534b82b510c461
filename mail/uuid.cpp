#include "mail/uuid.hpp"

#include <algorithm>
#include <array>

namespace mail {

std::string make_uuid_v7(std::int64_t unix_milliseconds, std::span<const std::uint8_t, 10> random)
{
    std::array<std::uint8_t, 16> octets{};
    const auto time = static_cast<std::uint64_t>(unix_milliseconds);
    for (std::size_t i = 0; i < 6; ++i)
        octets[i] = static_cast<std::uint8_t>(time >> (8 * (5 - i)));
    std::copy(random.begin(), random.end(), octets.begin() + 6);
    octets[6] = (octets[6] & 0x0F) | 0x70; // version 7
    octets[8] = (octets[8] & 0x3F) | 0x80; // variant of RFC 9562

    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text += '-';
        text += digits[octets[i] >> 4];
        text += digits[octets[i] & 0x0F];
    }
    return text;
}

} // namespace mail
