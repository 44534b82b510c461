#include "bus/settings.hpp"

#include "bus/client_settings.hpp"
#include "bus/curve.hpp"
#include "bus/disk_space.hpp"
#include "service/settings_reader.hpp"

#include <algorithm>
#include <utility>

namespace bus {
namespace {

role read_role(service::settings_reader& from)
{
    role who;
    who.name = from.required_text("name", 64);
    who.append = from.texts("append", {});
    who.content_read = from.flag("content_read", false);
    who.content_write = from.flag("content_write", false);
    who.slots_read = from.texts("slots_read", {});
    who.slots_write = from.texts("slots_write", {});
    who.slots_erase = from.texts("slots_erase", {});
    return who;
}

void read_client(service::settings_reader& from, settings& into)
{
    const std::string name = from.required_text("role", 64);
    const std::string key = from.required_text("public_key", 40);
    const auto same = [&name](const role& who) { return who.name == name; };
    if (!name.empty() && std::none_of(into.roles.begin(), into.roles.end(), same))
        from.fault("role", "no [[bus.roles]] has the name " + name);
    if (!is_curve_key(key))
        from.fault("public_key", "must be a CURVE key: 40 characters of Z85");
    else if (!into.clients.emplace(key, name).second)
        from.fault("public_key", "this key is listed twice");
}

} // namespace

settings settings::read(service::settings_reader& from)
{
    settings wanted;
    wanted.endpoint = from.required_text("endpoint");
    if (!wanted.endpoint.empty() && !is_bus_endpoint(wanted.endpoint))
        from.fault("endpoint", endpoint_rule);
    wanted.files.database = from.path("database", "bus/journal.db");
    wanted.files.slab = from.path("slab", "bus/slab");
    wanted.public_key = read_curve_key(from, "public_key_file");
    wanted.secret_key = read_curve_secret(from, "secret_key_file");
    wanted.health = from.host_and_port("health", "127.0.0.1:0");
    wanted.reserve_mib = from.integer("reserve_mib", default_reserve_mib, 1, 1'048'576);
    wanted.unnamed_seconds = from.integer("unnamed_seconds", wanted.unnamed_seconds, 10, 604'800);
    wanted.accept_unerasable = from.flag("accept_unerasable", false);
    for (service::settings_reader& table : from.tables("roles"))
        wanted.roles.push_back(read_role(table));
    for (service::settings_reader& table : from.tables("clients"))
        read_client(table, wanted);
    return wanted;
}

} // namespace bus
