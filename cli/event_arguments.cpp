#include "cli/event_arguments.hpp"

#include "cli/argument_checks.hpp"
#include "cli/failure.hpp"
#include "cli/help_text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace cli {

namespace {

[[noreturn]] void refuse(std::string why, const std::string& command)
{
    why += "; see `sealpost ";
    why += command;
    why += " --help`";
    throw failure(why, exit_code::wrong_arguments);
}

/// Every command below `events` also takes an option that only `events` has, if it stands before
/// the command's name: what would have no effect is refused.
void refuse_others(
    const CLI::App* events, const std::string& command, const std::vector<std::string>& allowed)
{
    for (const CLI::Option* option : events->get_options()) {
        const std::string name = option->get_name();
        const bool fits = std::find(allowed.begin(), allowed.end(), name) != allowed.end();
        if (option->count() > 0 && !fits)
            refuse("it takes no " + name, command);
    }
}

const std::vector<std::string> selecting = {"--type", "--message", "--from", "--through"};

void refuse_end_of_endless(const event_selection& wanted, bool follow, const std::string& command)
{
    if (follow && wanted.through)
        refuse("--follow goes on for ever: leave out --through, or --follow", command);
}

void add_selection(CLI::App* app, event_selection& wanted)
{
    app->add_option(
           "--type", wanted.types, "Only that type, with or without 'sealpost.'; may be repeated")
        ->type_name("TYPE");
    app->add_option("--message", wanted.message, "Only what concerns that message")
        ->type_name("ID");
    add_moment(app, "--from", wanted.from, "Start at that event, or at that time");
    add_moment(app, "--through", wanted.through, "Stop after that event, or after that time");
}

using selection = std::shared_ptr<event_selection>;

command define_export(CLI::App* events, const selection& wanted)
{
    auto options = std::make_shared<events_export_options>();
    CLI::App* app =
        events->add_subcommand("export", "Write the log into a file that can be imported");
    app->add_option("--output", options->output, "File to write (standard output)")
        ->type_name("FILE")
        ->check(output_file_fault);
    app->add_flag(
        "--redact",
        options->redact,
        "Pseudonyms for addresses and ids, x for subjects and other texts");
    add_selection(app, *wanted);
    app->footer(help_text::events_export);
    return {app, [events, wanted, options]() -> command_options {
                refuse_others(events, "events export", selecting);
                options->wanted = *wanted;
                return *options;
            }};
}

command define_import(CLI::App* events)
{
    auto options = std::make_shared<events_import_options>();
    CLI::App* app =
        events->add_subcommand("import", "Make a log of an export, to be followed only");
    app->add_option("file", options->file, "What `events export` wrote; - for standard input")
        ->type_name("FILE")
        ->check(file_name_fault)
        ->required();
    app->add_flag("--json", options->json, "Print one line of JSON instead of text for people");
    app->footer(help_text::events_import);
    return {app, [events, options]() -> command_options {
                refuse_others(events, "events import", {});
                return *options;
            }};
}

command define_tail(CLI::App* events, const selection& wanted)
{
    auto options = std::make_shared<events_tail_options>();
    CLI::App* app = events->add_subcommand("tail", "Show the last events, for people");
    app->add_flag("-f,--follow", options->follow, "Go on with what is appended, until Ctrl-C");
    app->add_option("-n,--lines", options->lines, "How many of the last events")
        ->type_name("N")
        ->check(count_fault)
        ->default_str("10");
    const std::map<std::string, color_choice> colors = {
        {"auto", color_choice::automatic},
        {"always", color_choice::always},
        {"never", color_choice::never}};
    app->add_option_function<std::string>(
           "--color",
           [options, colors](const std::string& word) { options->color = colors.at(word); },
           "Colors: always, never, or auto: on a terminal where NO_COLOR is not set")
        ->type_name("WHEN")
        ->check(CLI::IsMember(colors).description(""))
        ->default_str("auto");
    add_selection(app, *wanted);
    app->footer(help_text::events_tail);
    return {app, [events, wanted, options]() -> command_options {
                refuse_others(events, "events tail", selecting);
                options->wanted = *wanted;
                refuse_end_of_endless(*wanted, options->follow, "events tail");
                return *options;
            }};
}

} // namespace

CLI::Option* add_moment(
    CLI::App* app,
    const std::string& name,
    std::optional<log_moment>& target,
    const std::string& what)
{
    const auto read = [name, &target](const std::string& text) {
        target = log_moment::parse(text);
        if (!target)
            throw CLI::ValidationError(
                name, "must be the seq of an event, or a time like 2026-11-20T09:05:00Z");
    };
    return app->add_option_function<std::string>(name, read, what)->type_name("SEQ|TIME");
}

std::vector<command> define_events(CLI::App& whole)
{
    auto options = std::make_shared<events_options>();
    // One selection, wherever its options stand.
    auto wanted = std::make_shared<event_selection>();
    CLI::App* app = whole.add_subcommand("events", "Print the log, an event a line (NDJSON)");
    app->add_flag("--follow", options->follow, "Go on with what is appended, until Ctrl-C");
    add_selection(app, *wanted);
    app->footer(help_text::events);
    std::vector<command> defined = {
        define_export(app, wanted), define_import(app), define_tail(app, wanted)};
    defined.push_back({app, [wanted, options]() -> command_options {
                           options->wanted = *wanted;
                           refuse_end_of_endless(*wanted, options->follow, "events");
                           return *options;
                       }});
    return defined;
}

} // namespace cli
