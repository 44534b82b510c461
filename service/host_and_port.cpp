#include "service/host_and_port.hpp"

#include <algorithm>
#include <charconv>

namespace service {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    if (text.empty() || error != std::errc{} || stopped != end) {
        return std::nullopt;
    }
    return port;
}

bool is_host_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

bool is_bracketed_character(char c)
{
    return is_host_character(c) || c == ':' || c == '%';
}

} // namespace

std::optional<host_and_port> parse_host_and_port(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || text.size() > 270) {
        return std::nullopt;
    }
    std::string_view host = text.substr(0, colon);
    const std::optional<std::uint16_t> port = parse_port(text.substr(colon + 1));
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    const auto allowed = bracketed ? is_bracketed_character : is_host_character;
    if (!port || host.empty() || !std::all_of(host.begin(), host.end(), allowed)) {
        return std::nullopt;
    }
    return host_and_port{std::string{host}, *port};
}

} // namespace service
