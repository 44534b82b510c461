#include "service/host_and_port.hpp"

#include <gtest/gtest.h>

using service::parse_host_and_port;

TEST(host_and_port, names_addresses_and_bracketed_addresses_are_understood)
{
    EXPECT_EQ(parse_host_and_port("mail.example.org:25")->host, "mail.example.org");
    EXPECT_EQ(parse_host_and_port("127.0.0.1:0")->port, 0);
    EXPECT_EQ(parse_host_and_port("[::1]:65535")->host, "::1");
    EXPECT_EQ(parse_host_and_port("[::1]:65535")->port, 65535);
}

TEST(host_and_port, everything_else_is_refused)
{
    for (const char* const wrong :
         {"",
          ":",
          ":25",
          "host",
          "host:",
          "host:65536",
          "host:-1",
          "host:+1",
          "host:2x",
          "::1:25",
          "[]:25",
          "[::1]",
          "[::1:25",
          "a b:25",
          "a\n:25",
          "host/x:1"}) {
        EXPECT_FALSE(parse_host_and_port(wrong)) << wrong;
    }
    EXPECT_FALSE(parse_host_and_port(std::string(300, 'a') + ":25"));
}
