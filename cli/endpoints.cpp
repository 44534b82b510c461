#include "cli/endpoints.hpp"

#include "cli/durable_file.hpp"
#include "cli/failure.hpp"

#include <nlohmann/json.hpp>

namespace cli {

std::string to_json(const endpoints& where)
{
    nlohmann::ordered_json line;
    line["smtp"] = where.smtp;
    line["portal"] = where.portal;
    line["portals"] = where.portals;
    line["admin"] = where.admin;
    line["admin_token_file"] = where.admin_token_file.string();
    line["mailboxes"] = where.mailboxes;
    line["mailboxes_smtp"] = where.mailboxes_smtp;
    line["bus"] = where.bus;
    line["state"] = where.state.string();
    line["ca"] = where.authority.string();
    line["health"] = where.health;
    line["pids"] = where.pids;
    if (!where.imported_from.empty())
        line["imported_from"] = where.imported_from;
    return line.dump();
}

endpoints parse_endpoints(std::string_view json)
try {
    const nlohmann::json line = nlohmann::json::parse(json);
    endpoints where;
    line.at("smtp").get_to(where.smtp);
    line.at("portal").get_to(where.portal);
    line.at("portals").get_to(where.portals);
    line.at("admin").get_to(where.admin);
    where.admin_token_file = line.at("admin_token_file").get<std::string>();
    line.at("mailboxes").get_to(where.mailboxes);
    line.at("mailboxes_smtp").get_to(where.mailboxes_smtp);
    line.at("bus").get_to(where.bus);
    where.state = line.at("state").get<std::string>();
    where.authority = line.at("ca").get<std::string>();
    line.at("health").get_to(where.health);
    line.at("pids").get_to(where.pids);
    where.imported_from = line.value("imported_from", "");
    return where;
} catch (const nlohmann::json::exception& error) {
    throw failure(
        std::string("run/endpoints.json of the state directory is damaged (") + error.what() +
        "); stop sealpost and start it again with `sealpost up`");
}

endpoints running_endpoints(const std::filesystem::path& state)
{
    const state_directory directory(state);
    if (!state_lock::holder(directory))
        throw failure(
            "no sealpost runs on " + directory.root().string() +
                "; start one with `sealpost up`, or name its directory with --state DIR",
            exit_code::nothing_running);
    if (!std::filesystem::exists(directory.endpoints()))
        throw failure(
            "sealpost is still starting on " + directory.root().string() +
                "; try again in a moment",
            exit_code::nothing_running);
    return parse_endpoints(read_whole(directory.endpoints()));
}

} // namespace cli
