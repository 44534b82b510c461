#include "cli/pipeline_arguments.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>

namespace cli {

void add_pipeline_options(CLI::App* app, pipeline_options& options, given_ports& ports)
{
    app->add_flag(
        "--accept-unerasable",
        options.accept_unerasable,
        "Keep the state also where the file system may keep erased keys");
    app->add_option(
           "--portals", options.portals, "How many portal processes, each with its own port")
        ->type_name("N")
        ->check(CLI::Range(1, 16))
        ->default_str("1");
    const auto port =
        [app](const char* name, std::optional<std::uint16_t>& into, const char* what) {
            app->add_option(name, into, what)->type_name("N")->check(CLI::Range(0, 65535));
        };
    port("--smtp-port", ports.smtp, "Port of the gateway (2525); 0: a free one");
    port("--portal-port", ports.portal, "Port of the first portal (8443)");
    port("--admin-port", ports.admin, "Port of the admin API (8444)");
    port("--mailboxes-port", ports.mailboxes, "Port of the mailboxes' web page and API (8025)");
    port(
        "--mailboxes-smtp-port",
        ports.mailboxes_smtp,
        "Port where the mailboxes take mail (a free one)");
}

} // namespace cli
