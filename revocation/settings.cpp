#include "revocation/settings.hpp"

#include "bus/client_settings.hpp"
#include "service/settings_reader.hpp"

#include <vector>

namespace revocation {

settings settings::read(service::settings_reader reader)
{
    settings wanted;
    wanted.listen = reader.host_and_port("listen", "127.0.0.1:8444");
    wanted.health = reader.host_and_port("health", "127.0.0.1:0");
    wanted.tls_certificate = reader.required_file("tls_certificate");
    wanted.tls_key = reader.required_file("tls_key");
    const std::string tokens = reader.secret_file("tokens_file");
    std::vector<std::string> faults;
    wanted.tokens = token_table::parse(tokens, faults);
    for (const std::string& each : faults)
        reader.fault("tokens_file", each);
    wanted.bus = bus::read_client_settings(reader);
    wanted.snapshots = bus::read_snapshot_settings(reader);
    reader.finish();
    return wanted;
}

} // namespace revocation
