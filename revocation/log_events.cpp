#include "revocation/log_events.hpp"

#include "mail/event_json.hpp"
#include "mail/uuid.hpp"

#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>

namespace revocation {

namespace {

std::string fresh_id()
{
    std::array<std::uint8_t, 10> random{};
    if (RAND_bytes(random.data(), random.size()) != 1)
        throw std::runtime_error("the random generator failed");
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return mail::make_uuid_v7(
        std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), random);
}

} // namespace

mail::event make_event(mail::event_body body)
{
    return {{fresh_id()}, "/revocation", std::move(body)};
}

bus::event to_bus(const mail::event& fact)
{
    return {fact.id.text, std::string{mail::type_of(fact)}, mail::to_json(fact)};
}

} // namespace revocation
