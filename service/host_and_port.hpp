#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace service {

struct host_and_port {
    std::string host; ///< a name or an address, without brackets
    std::uint16_t port = 0;
};

/// "mail.example.org:25", "127.0.0.1:0", "[::1]:443"; nothing for anything else.
std::optional<host_and_port> parse_host_and_port(std::string_view text);

} // namespace service
