#include "simulator/mailboxes/settings.hpp"

#include "service/settings_reader.hpp"

namespace simulator {

settings settings::read(service::settings_reader reader)
{
    settings wanted;
    wanted.listen_smtp = reader.host_and_port("listen_smtp", "127.0.0.1:2526");
    wanted.listen_http = reader.host_and_port("listen_http", "127.0.0.1:8025");
    wanted.database = reader.path("database", "mailboxes.db");
    wanted.keys = reader.path("keys", {});
    wanted.authority = reader.path("authority", {});
    reader.finish();
    return wanted;
}

} // namespace simulator
