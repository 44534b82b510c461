#include "mail/checksum.hpp"

#include <glib.h>

namespace mail {
namespace {

GChecksum* native(void* sum)
{
    return static_cast<GChecksum*>(sum);
}

} // namespace

void checksum::release::operator()(void* sum) const
{
    g_checksum_free(native(sum));
}

checksum::checksum() : sum_(g_checksum_new(G_CHECKSUM_SHA256)) {}

void checksum::add(std::string_view octets)
{
    g_checksum_update(
        native(sum_.get()),
        reinterpret_cast<const guchar*>(octets.data()),
        static_cast<gssize>(octets.size()));
}

std::array<std::uint8_t, 32> checksum::octets()
{
    std::array<std::uint8_t, 32> result{};
    gsize length = result.size();
    g_checksum_get_digest(native(sum_.get()), result.data(), &length);
    return result;
}

std::string checksum::hexadecimal()
{
    return g_checksum_get_string(native(sum_.get()));
}

} // namespace mail
