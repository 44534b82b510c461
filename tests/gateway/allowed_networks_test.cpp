#include "gateway/allowed_networks.hpp"

#include <gtest/gtest.h>

namespace gateway {
namespace {

TEST(allowed_networks, an_empty_list_lets_nobody_send)
{
    EXPECT_FALSE(allowed_networks().contain("127.0.0.1"));
}

TEST(allowed_networks, a_network_holds_its_hosts_and_no_others)
{
    allowed_networks some;
    EXPECT_TRUE(some.add("10.1.0.0/16"));
    EXPECT_TRUE(some.add("192.0.2.7"));
    EXPECT_TRUE(some.add("2001:db8::/32"));
    EXPECT_TRUE(some.contain("10.1.255.255"));
    EXPECT_FALSE(some.contain("10.2.0.0"));
    EXPECT_TRUE(some.contain("192.0.2.7"));
    EXPECT_FALSE(some.contain("192.0.2.8"));
    EXPECT_TRUE(some.contain("2001:db8::1"));
    EXPECT_FALSE(some.contain("2001:db9::1"));
}

TEST(allowed_networks, host_bits_in_a_network_do_not_matter)
{
    allowed_networks some;
    EXPECT_TRUE(some.add("10.1.2.3/8"));
    EXPECT_TRUE(some.contain("10.200.0.1"));
}

TEST(allowed_networks, ipv4_inside_ipv6_is_ipv4)
{
    allowed_networks some;
    some.add("127.0.0.0/8");
    EXPECT_TRUE(some.contain("::ffff:127.0.0.1"));
    EXPECT_FALSE(some.contain("::1"));
}

TEST(allowed_networks, what_is_no_network_is_refused_and_no_address_is_nowhere)
{
    allowed_networks some;
    for (const auto* text : {"", "10.0.0.0/33", "::1/129", "localhost", "10.0.0/8", "1.2.3.4/x"}) {
        EXPECT_FALSE(some.add(text)) << text;
    }
    some.add("0.0.0.0/0");
    EXPECT_FALSE(some.contain("unknown"));
    EXPECT_TRUE(some.contain("8.8.8.8"));
}

} // namespace
} // namespace gateway
