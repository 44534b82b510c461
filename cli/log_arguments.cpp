#include "cli/log_arguments.hpp"

#include "cli/argument_checks.hpp"
#include "cli/event_arguments.hpp"
#include "cli/failure.hpp"
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
        ->type_name("FILE")
        ->check(file_name_fault);
    app->add_option("--head", options->head, "A signed head that the log must hold")
        ->type_name("FILE")
        ->check(file_name_fault);
    app->add_option("--key", options->key, "Who signed it (keys/head.public)")
        ->type_name("FILE")
        ->check(file_name_fault);
    app->add_flag("--json", options->json, as_json);
    app->footer(help_text::verify);
    return {app, [options]() -> command_options {
                if (options->head.empty() && !options->key.empty())
                    throw failure(
                        "--key says who signed a head: name that with --head; see `sealpost verify "
                        "--help`",
                        exit_code::wrong_arguments);
                return *options;
            }};
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

command define_bus_truncate(CLI::App& bus)
{
    auto options = std::make_shared<bus_truncate_options>();
    CLI::App* app =
        bus.add_subcommand("truncate", "Remove the events behind one, for good, from a log");
    app->add_option("--after", options->after, "The last event that stays; 0: none")
        ->type_name("SEQ")
        ->check(count_fault)
        ->required();
    app->add_flag("--confirm", options->confirm, "Do it; else only say what would be removed");
    app->add_flag("--json", options->json, as_json);
    app->footer(help_text::bus_truncate);
    return {app, [options]() -> command_options { return *options; }};
}

command define_bus_compact(CLI::App& bus)
{
    auto options = std::make_shared<bus_compact_options>();
    CLI::App* app =
        bus.add_subcommand("compact", "Archive the oldest events; they stay part of the log");
    CLI::Option* before =
        add_moment(app, "--before", options->before, "Events before that one, or that time");
    CLI::Option* keep = app->add_option("--keep-events", options->keep, "All but the newest N")
                            ->type_name("N")
                            ->check(count_fault);
    app->add_flag("--dry-run", options->dry_run, "Only say what would be archived");
    app->add_flag("--json", options->json, as_json);
    app->footer(help_text::bus_compact);
    return {app, [options, before, keep]() -> command_options {
                if (before->count() + keep->count() != 1)
                    throw failure(
                        "name either the events to archive with --before SEQ|TIME, or those to "
                        "keep with --keep-events N; see `sealpost bus compact --help`",
                        exit_code::wrong_arguments);
                return *options;
            }};
}

} // namespace

std::vector<command> define_log_commands(CLI::App& whole)
{
    std::vector<command> all{define_verify(whole), define_head(whole)};
    CLI::App* bus = whole.add_subcommand("bus", "Work on the log of a bus that is stopped");
    bus->require_subcommand(1);
    all.push_back(define_bus_truncate(*bus));
    all.push_back(define_bus_compact(*bus));
    return all;
}

} // namespace cli
