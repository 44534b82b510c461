#include "cli/log_arguments.hpp"

#include "cli/help_text.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace cli {

namespace {

constexpr const char* as_json = "Print one line of JSON instead of text for people";

command define_verify(CLI::App& whole)
{
    auto options = std::make_shared<verify_options>();
    CLI::App* app =
        whole.add_subcommand("verify", "Check every hash of the log, and its place in the chain");
    app->add_option("file", options->file, "The log to check (the state directory's)")
        ->type_name("FILE");
    app->add_option("--head", options->head, "A signed head that the log must hold")
        ->type_name("FILE");
    app->add_option("--key", options->key, "Who signed it (keys/head.public)")->type_name("FILE");
    app->add_flag("--json", options->json, as_json);
    app->footer(help_text::verify);
    return {app, [options]() -> command_options { return *options; }};
}

command define_head(CLI::App& whole)
{
    auto options = std::make_shared<head_options>();
    CLI::App* app = whole.add_subcommand("head", "Show where the log ends, signed on request");
    app->add_flag("--sign", options->sign, "Sign it; prints JSON");
    app->add_flag("--json", options->json, as_json);
    app->footer(help_text::head);
    return {app, [options]() -> command_options { return *options; }};
}

command define_bus_truncate(CLI::App& whole)
{
    auto options = std::make_shared<bus_truncate_options>();
    CLI::App* bus = whole.add_subcommand("bus", "Work on the log of a bus that is stopped");
    bus->require_subcommand(1);
    CLI::App* app =
        bus->add_subcommand("truncate", "Remove the events behind one, for good, from a log");
    app->add_option("--after", options->after, "The last event that stays; 0: none")
        ->type_name("SEQ")
        ->required();
    app->add_flag("--confirm", options->confirm, "Do it; else only say what would be removed");
    app->add_flag("--json", options->json, as_json);
    app->footer(help_text::bus_truncate);
    return {app, [options]() -> command_options { return *options; }};
}

} // namespace

std::vector<command> define_log_commands(CLI::App& whole)
{
    return {define_verify(whole), define_head(whole), define_bus_truncate(whole)};
}

} // namespace cli
