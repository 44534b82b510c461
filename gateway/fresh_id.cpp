#include "gateway/fresh_id.hpp"

#include "encryptor/secret.hpp"
#include "mail/uuid.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gateway {

std::string fresh_id(mail::bus_time now)
{
    const auto octets = encryptor::random_octets(10);
    std::array<std::uint8_t, 10> random{};
    std::copy(octets.begin(), octets.end(), random.begin());
    return mail::make_uuid_v7(now, random);
}

std::string fresh_content_id()
{
    return encryptor::hexadecimal(encryptor::random_octets(16));
}

} // namespace gateway
