#include "cli/arguments.hpp"

#include "cli/argument_checks.hpp"
#include "cli/command.hpp"
#include "cli/event_arguments.hpp"
#include "cli/failure.hpp"
#include "cli/help_text.hpp"
#include "cli/log_arguments.hpp"
#include "cli/pipeline_arguments.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace cli {

namespace {

constexpr const char* version = "sealpost 0.1.0\n";

class argument_parser {
public:
    argument_parser()
        : app_("Encrypted mail that can be taken back: the operator's command.", "sealpost")
    {
        app_.require_subcommand(1);
        app_.fallthrough();
        app_.set_version_flag("--version", version);
        app_.add_option("--state", state_, "State directory of the pipeline to start or to talk to")
            ->type_name("DIR")
            ->envname("SEALPOST_STATE")
            ->default_str("./sealpost-state");
        app_.footer(help_text::whole);
        define_up();
        define_demo();
        define_send();
        define_trace();
        define_status();
        define_revoke(false);
        define_revoke(true);
        define_apply();
        for (command& one : define_events(app_))
            commands_.push_back(std::move(one));
        define_wait();
        define_digest();
        for (command& one : define_log_commands(app_))
            commands_.push_back(std::move(one));
        define_shell();
    }

    invocation read(int argc, const char* const* argv)
    {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::CallForHelp&) {
            return {state(), printed_text{app_.help()}};
        } catch (const CLI::CallForVersion&) {
            return {state(), printed_text{version}};
        } catch (const CLI::ParseError& wrong) {
            throw failure(
                fault_of(wrong) + "; see `" + asked_for() + " --help`", exit_code::wrong_arguments);
        }
        for (const command& one : commands_)
            if (one.app->parsed())
                return {state(), one.options()};
        throw failure("name a command; see `sealpost --help`", exit_code::wrong_arguments);
    }

private:
    bool state_given() const { return !state_.empty(); }
    std::filesystem::path state() const { return state_given() ? state_ : default_state(); }

    /// "sealpost events export"
    static std::string name_of(const CLI::App* app)
    {
        const CLI::App* const above = app->get_parent();
        return (above == nullptr ? "" : name_of(above) + " ") + app->get_name();
    }

    /// The parser misses a command before it says what it found in its place.
    std::string fault_of(const CLI::ParseError& wrong) const
    {
        const std::vector<std::string> others = app_.remaining();
        if (dynamic_cast<const CLI::RequiredError*>(&wrong) != nullptr &&
            app_.get_subcommands().empty() && !others.empty())
            return "there is no command or option '" + others.front() + "'";
        return wrong.what();
    }

    /// As far as the arguments name a command.
    std::string asked_for() const
    {
        const CLI::App* last = &app_;
        while (!last->get_subcommands().empty())
            last = last->get_subcommands().back();
        return name_of(last);
    }

    /// The command's options live as long as the parser.
    template <class Options>
    std::pair<CLI::App*, std::shared_ptr<Options>> add(
        const std::string& name, const std::string& summary)
    {
        auto options = std::make_shared<Options>();
        CLI::App* app = app_.add_subcommand(name, summary);
        commands_.push_back({app, [options] { return command_options(*options); }});
        return {app, options};
    }

    template <class Options>
    static void add_json(CLI::App* app, Options& options)
    {
        app->add_flag("--json", options.json, "Print one line of JSON instead of text for people");
    }

    template <class Options>
    static CLI::Option* add_id(CLI::App* app, Options& options)
    {
        constexpr const char* what = "Network message id, or Message-ID with angle brackets";
        return app->add_option("id", options.id, what)->type_name("ID")->check(message_id_fault);
    }

    void define_up()
    {
        auto [app, options] =
            add<up_options>("up", "Start every process and keep them running until Ctrl-C");
        auto ports = std::make_shared<given_ports>();
        pipeline_options& pipeline = options->pipeline;
        app->add_flag(
            "--ephemeral",
            pipeline.ephemeral,
            "Free ports and a temporary state directory, removed at the end");
        app->add_flag(
            "--json",
            options->json,
            "When everything is ready, print one line of JSON with all addresses");
        app->add_flag_callback(
            "--no-restart",
            [&pipeline] { pipeline.restart = false; },
            "Leave a process that dies dead; SIGUSR1 starts it again");
        app->add_flag_callback(
            "--no-mailboxes",
            [&pipeline] { pipeline.mailboxes = false; },
            "Play no recipients; needs --next-hop");
        app->add_option(
               "--next-hop",
               pipeline.next_hop,
               "Deliver to this SMTP server instead of the played mailboxes")
            ->type_name("HOST:PORT")
            ->check(host_and_port_fault);
        add_pipeline_options(app, pipeline, *ports);
        app->footer(help_text::up);
        commands_.back().options = [this, options = options, ports] {
            return finished_up(*options, *ports);
        };
    }

    command_options finished_up(up_options options, const given_ports& ports) const
    {
        pipeline_options& pipeline = options.pipeline;
        if (pipeline.ephemeral && app_.count("--state") > 0)
            throw failure(
                "--ephemeral makes a state directory of its own: leave out --state, or --ephemeral",
                exit_code::wrong_arguments);
        if (!pipeline.mailboxes && pipeline.next_hop.empty())
            throw failure(
                "without mailboxes there is nowhere to deliver: name a server with --next-hop "
                "HOST:PORT",
                exit_code::wrong_arguments);
        pipeline.state = state();
        pipeline.ports = ports.over(pipeline.ephemeral ? port_choice::all_free() : port_choice{});
        return options;
    }

    void define_demo()
    {
        auto [app, options] =
            add<demo_options>("demo", "Play the story: send, read, revoke, refused, restore");
        auto ports = std::make_shared<given_ports>();
        app->add_flag(
            "--once", options->once, "Exit after the story, with 1 if any step went wrong");
        add_pipeline_options(app, options->pipeline, *ports);
        app->footer(help_text::demo);
        commands_.back().options = [this, options = options, ports]() -> command_options {
            demo_options finished = *options;
            finished.pipeline.ephemeral = !state_given();
            finished.pipeline.state = state();
            finished.pipeline.ports =
                ports->over(state_given() ? port_choice{} : port_choice::all_free());
            return finished;
        };
    }

    void define_send()
    {
        auto [app, options] = add<send_options>("send", "Send one mail by SMTP to the gateway");
        app->add_option("--from", options->from, "Sender; empty for a notice (<>)")
            ->type_name("ADDR")
            ->check(sender_fault)
            ->required();
        app->add_option(
               "--to", options->to, "Recipient; several, or repeated, for one mail to many")
            ->type_name("ADDR")
            ->check(mail_address_fault)
            ->required();
        auto* subject =
            app->add_option("--subject", options->subject, "Subject")->type_name("TEXT");
        auto* text =
            app->add_option("--text", options->text, "Body as plain text")->type_name("TEXT");
        auto* html =
            app->add_option("--html", options->html, "Body as HTML; with --text as alternatives")
                ->type_name("TEXT");
        auto* attach =
            app->add_option("--attach", options->attachments, "File to attach; may be repeated")
                ->type_name("FILE")
                ->check(CLI::ExistingFile.description(""));
        app->add_option(
               "--raw",
               options->raw,
               "A whole mail, header and body, as it is; - for standard input")
            ->type_name("FILE");
        add_json(app, *options);
        app->footer(help_text::send);
        commands_.back().options =
            [options = options, subject, text, html, attach]() -> command_options {
            send_options finished = *options;
            const bool composed =
                subject->count() + text->count() + html->count() + attach->count() > 0;
            if (finished.raw && composed)
                throw failure(
                    "--raw is a whole mail: leave out --subject, --text, --html and --attach; see "
                    "`sealpost send --help`",
                    exit_code::wrong_arguments);
            if (!finished.raw && !composed)
                finished.raw = "-";
            return finished;
        };
    }

    void define_trace()
    {
        auto [app, options] =
            add<trace_options>("trace", "Find messages, or tell what happened to one");
        add_id(app, *options);
        app->add_option("--sender", options->sender, "Only messages from that address")
            ->type_name("ADDR")
            ->check(mail_address_fault);
        app->add_option("--recipient", options->recipient, "Only messages to that address")
            ->type_name("ADDR")
            ->check(mail_address_fault);
        add_json(app, *options);
        app->footer(help_text::trace);
        commands_.back().options = [options = options]() -> command_options {
            if (!options->id.empty() && !(options->sender.empty() && options->recipient.empty()))
                throw failure(
                    "an id names one message: leave out --sender and --recipient; see "
                    "`sealpost trace --help`",
                    exit_code::wrong_arguments);
            return *options;
        };
    }

    void define_status()
    {
        auto [app, options] = add<status_options>(
            "status", "Show one message: revocable, revoked, read, by recipient");
        add_id(app, *options)->required();
        add_moment(app, "--at", options->at, "As it was after that event, or at that time");
        add_json(app, *options);
        app->footer(help_text::status);
    }

    void define_revoke(bool restore)
    {
        const std::string name = restore ? "restore" : "revoke";
        auto [app, options] = add<revoke_options>(
            name,
            restore ? "Give a revoked message back to its readers"
                    : "Take a message back; returns when no reader can get it any more");
        options->restore = restore;
        add_id(app, *options)->required();
        app->add_option(
               "--recipient", options->recipients, "Only for that recipient; may be repeated (all)")
            ->type_name("ADDR")
            ->check(mail_address_fault);
        app->add_option("--reason", options->reason, "Why, for the log")->type_name("TEXT");
        app->add_option("--note", options->note, "A word to the reader, shown below the fixed text")
            ->type_name("TEXT");
        add_json(app, *options);
        app->footer(restore ? help_text::restore : help_text::revoke);
    }

    void define_apply()
    {
        auto [app, options] = add<apply_options>(
            "apply", "Put a directory file into the log: every process follows at once");
        app->add_option(
               "file", options->file, "TOML with [organisation], [[domain]] and [[recipient]]")
            ->type_name("FILE")
            ->required()
            ->check(CLI::ExistingFile.description(""));
        app->add_flag("--check", options->check_only, "Only read the file and name its faults");
        add_json(app, *options);
        app->footer(help_text::apply);
    }

    void define_wait()
    {
        auto [app, options] =
            add<wait_options>("wait", "Block until something is so, and print what was found");
        auto words = std::make_shared<std::vector<std::string>>();
        app->add_option("predicate", *words, "What to wait for, see below")
            ->type_name("PREDICATE")
            ->required();
        app->add_option("--timeout", options->timeout_seconds, "Seconds; then exit code 1")
            ->type_name("S")
            ->check(CLI::Range(0, 86'400))
            ->default_str("30");
        app->add_option("--since", options->since, "What happened up to that event does not count")
            ->type_name("SEQ")
            ->check(count_fault)
            ->default_str("0");
        add_json(app, *options);
        app->footer(help_text::wait);
        commands_.back().options = [options = options, words]() -> command_options {
            wait_options finished = *options;
            for (const std::string& word : *words)
                finished.predicate += (finished.predicate.empty() ? "" : " ") + word;
            return finished;
        };
    }

    void define_digest()
    {
        auto [app, options] =
            add<digest_options>("digest", "Compare what every process derived from the log");
        app->add_option(
               "--timeout",
               options->timeout_seconds,
               "Seconds to wait until all have applied the same events")
            ->type_name("S")
            ->check(CLI::Range(0, 3600))
            ->default_str("10");
        add_json(app, *options);
        app->footer(help_text::digest);
    }

    void define_shell()
    {
        auto [app, options] =
            add<shell_options>("shell", "The cmdlets of the original, as in PowerShell");
        app->add_option(
               "-c", options->cmdlets, "Run these and exit; else they are read from standard input")
            ->type_name("CMDLETS");
        app->footer(help_text::shell);
    }

    CLI::App app_;
    std::filesystem::path state_;
    std::vector<command> commands_;
};

} // namespace

invocation read_arguments(int argc, const char* const* argv)
{
    argument_parser parser;
    return parser.read(argc, argv);
}

std::filesystem::path default_state()
{
    const char* const named = std::getenv("SEALPOST_STATE");
    return named != nullptr && *named != '\0' ? named : "sealpost-state";
}

} // namespace cli
