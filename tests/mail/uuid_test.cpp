#include "mail/uuid.hpp"

#include <gtest/gtest.h>

#include <array>

namespace mail {
namespace {

TEST(uuid, carries_its_time_version_and_variant)
{
    const std::array<std::uint8_t, 10> zeros{};
    EXPECT_EQ(make_uuid_v7(0x017F22E279B0, zeros), "017f22e2-79b0-7000-8000-000000000000");
    std::array<std::uint8_t, 10> ones;
    ones.fill(0xFF);
    EXPECT_EQ(make_uuid_v7(0x017F22E279B0, ones), "017f22e2-79b0-7fff-bfff-ffffffffffff");
}

TEST(uuid, sorts_by_its_time)
{
    std::array<std::uint8_t, 10> ones;
    ones.fill(0xFF);
    const std::array<std::uint8_t, 10> zeros{};
    EXPECT_LT(make_uuid_v7(1'800'000'000'000, ones), make_uuid_v7(1'800'000'000'001, zeros));
}

TEST(uuid, keeps_every_random_bit_it_can)
{
    const std::array<std::uint8_t, 10> random{
        0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
    // The example of RFC 9562, appendix A.6.
    EXPECT_EQ(make_uuid_v7(0x017F22E279B0, random), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

} // namespace
} // namespace mail
