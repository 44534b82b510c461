#include "bus/client_settings.hpp"

#include "bus/curve.hpp"
#include "service/settings_reader.hpp"

#include <string_view>

namespace bus {

std::string read_curve_key(service::settings_reader& settings, std::string_view key)
{
    std::string text = settings.secret_file(key);
    if (!text.empty() && !is_curve_key(text))
        settings.fault(key, "the file must hold a CURVE key: 40 characters of Z85");
    return text;
}

locked_octets read_curve_secret(service::settings_reader& settings, std::string_view key)
{
    std::string text = read_curve_key(settings, key);
    return locked_octets::taken_from(text);
}

client_settings read_client_settings(service::settings_reader& settings)
{
    client_settings wanted;
    wanted.endpoint = settings.required_text("bus_endpoint");
    if (!wanted.endpoint.empty() && !is_bus_endpoint(wanted.endpoint))
        settings.fault("bus_endpoint", endpoint_rule);
    wanted.server_public_key = read_curve_key(settings, "bus_server_key_file");
    wanted.public_key = read_curve_key(settings, "bus_public_key_file");
    wanted.secret_key = read_curve_secret(settings, "bus_secret_key_file");
    return wanted;
}

bool is_bus_endpoint(std::string_view endpoint)
{
    constexpr std::string_view ipc = "ipc:///";
    constexpr std::string_view tcp = "tcp://";
    constexpr std::size_t longest_socket_path = 107; // sun_path of a Unix socket
    if (endpoint.starts_with(ipc))
        return endpoint.size() > ipc.size() &&
               endpoint.size() - ipc.size() + 1 <= longest_socket_path;
    const std::size_t colon = endpoint.rfind(':');
    return endpoint.starts_with(tcp) && colon > tcp.size() && colon + 1 < endpoint.size();
}

} // namespace bus
