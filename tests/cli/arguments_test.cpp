#include "cli/arguments.hpp"
#include "cli/failure.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace {

cli::invocation read(std::vector<const char*> arguments)
{
    arguments.insert(arguments.begin(), "sealpost");
    return cli::read_arguments(static_cast<int>(arguments.size()), arguments.data());
}

template <class Options>
Options options_of(std::vector<const char*> arguments)
{
    return std::get<Options>(read(std::move(arguments)).command);
}

std::string refusal(std::vector<const char*> arguments)
{
    try {
        read(std::move(arguments));
    } catch (const cli::failure& wrong) {
        EXPECT_EQ(wrong.code(), cli::exit_code::wrong_arguments);
        return wrong.what();
    }
    return "none";
}

TEST(arguments, the_state_directory_may_stand_before_or_after_the_command)
{
    EXPECT_EQ(read({"--state", "/a", "digest"}).state, "/a");
    EXPECT_EQ(read({"digest", "--state", "/a"}).state, "/a");
    EXPECT_EQ(read({"digest"}).state, "sealpost-state");
    ::setenv("SEALPOST_STATE", "/from/environment", 1);
    EXPECT_EQ(read({"digest"}).state, "/from/environment");
    EXPECT_EQ(read({"digest", "--state", "/a"}).state, "/a");
    ::unsetenv("SEALPOST_STATE");
}

TEST(arguments, an_empty_file_name_is_no_default)
{
    for (const std::vector<const char*>& command : std::vector<std::vector<const char*>>{
             {"verify", ""},
             {"verify", "--head", ""},
             {"verify", "--head", "head.json", "--key", ""},
             {"events", "import", ""},
             {"events", "export", "--output", ""}})
        EXPECT_NE(refusal(command).find("it is empty"), std::string::npos) << refusal(command);
    EXPECT_NE(refusal({"verify", "--key", "head.public"}).find("--head"), std::string::npos);
    EXPECT_NE(refusal({"status", "\xff"}).find("no UTF-8"), std::string::npos);
}

TEST(arguments, up_has_fixed_ports_unless_ephemeral)
{
    const auto fixed = options_of<cli::up_options>({"up"}).pipeline;
    EXPECT_EQ(fixed.ports.smtp, 2525);
    EXPECT_EQ(fixed.ports.portal, 8443);
    EXPECT_EQ(fixed.ports.admin, 8444);
    EXPECT_EQ(fixed.ports.mailboxes, 8025);
    EXPECT_TRUE(fixed.restart && fixed.mailboxes && !fixed.ephemeral);
    const auto free =
        options_of<cli::up_options>({"up", "--ephemeral", "--smtp-port", "2600", "--no-restart"})
            .pipeline;
    EXPECT_EQ(free.ports.smtp, 2600);
    EXPECT_EQ(free.ports.portal, 0);
    EXPECT_TRUE(free.ephemeral && !free.restart);
}

TEST(arguments, up_without_mailboxes_needs_a_next_hop)
{
    EXPECT_NE(refusal({"up", "--no-mailboxes"}).find("--next-hop"), std::string::npos);
    EXPECT_EQ(
        options_of<cli::up_options>({"up", "--no-mailboxes", "--next-hop", "mx:25"})
            .pipeline.next_hop,
        "mx:25");
}

TEST(arguments, an_ephemeral_state_cannot_be_named)
{
    EXPECT_NE(refusal({"up", "--ephemeral", "--state", "/a"}).find("leave out"), std::string::npos);
}

TEST(arguments, a_disk_that_keeps_erased_keys_is_accepted_only_when_that_is_said)
{
    EXPECT_FALSE(options_of<cli::up_options>({"up"}).pipeline.accept_unerasable);
    EXPECT_TRUE(
        options_of<cli::up_options>({"up", "--accept-unerasable"}).pipeline.accept_unerasable);
    EXPECT_TRUE(options_of<cli::demo_options>({"--state", "/a", "demo", "--accept-unerasable"})
                    .pipeline.accept_unerasable);
}

TEST(arguments, the_demo_is_ephemeral_unless_a_state_is_named)
{
    EXPECT_TRUE(options_of<cli::demo_options>({"demo", "--once"}).pipeline.ephemeral);
    EXPECT_FALSE(options_of<cli::demo_options>({"--state", "/a", "demo"}).pipeline.ephemeral);
}

TEST(arguments, one_mail_goes_to_many)
{
    const auto sent = options_of<cli::send_options>(
        {"send", "--from", "a@b.c", "--to", "d@e.f", "g@h.i", "--to", "j@k.l", "--text", "hi"});
    EXPECT_EQ(sent.to, (std::vector<std::string>{"d@e.f", "g@h.i", "j@k.l"}));
    EXPECT_FALSE(sent.raw);
    EXPECT_EQ(
        *options_of<cli::send_options>({"send", "--from", "a@b.c", "--to", "d@e.f"}).raw, "-");
    EXPECT_NE(
        refusal({"send", "--from", "a@b.c", "--to", "d@e.f", "--raw", "x", "--text", "y"}), "none");
}

TEST(arguments, a_predicate_may_be_one_word_or_many)
{
    EXPECT_EQ(
        options_of<cli::wait_options>({"wait", "in force of <x@y>", "--timeout", "5"}).predicate,
        "in force of <x@y>");
    EXPECT_EQ(
        options_of<cli::wait_options>({"wait", "delivered", "to", "a@b.c"}).predicate,
        "delivered to a@b.c");
    EXPECT_EQ(options_of<cli::wait_options>({"wait", "in force", "--since", "7"}).since, 7u);
}

TEST(arguments, revoke_and_restore_take_the_same)
{
    const auto revoked = options_of<cli::revoke_options>(
        {"revoke",
         "<x@y>",
         "--recipient",
         "a@b.c",
         "--recipient",
         "d@e.f",
         "--reason",
         "r",
         "--note",
         "n"});
    EXPECT_FALSE(revoked.restore);
    EXPECT_EQ(revoked.recipients.size(), 2u);
    EXPECT_TRUE(options_of<cli::revoke_options>({"restore", "<x@y>"}).restore);
}

TEST(arguments, cmdlets_keep_their_dollars_and_quotes)
{
    EXPECT_EQ(
        *options_of<cli::shell_options>({"shell", "-c", "Set-X -Revoke $true -MessageId \"<a@b>\""})
             .cmdlets,
        "Set-X -Revoke $true -MessageId \"<a@b>\"");
    EXPECT_FALSE(options_of<cli::shell_options>({"shell"}).cmdlets);
}

TEST(arguments, events_and_its_commands_select_alike)
{
    for (const char* command : {"", "export", "tail"}) {
        std::vector<const char*> given = {"events", "--type", "a", "--message", "m", "--from", "3"};
        if (*command != 0)
            given.insert(given.begin() + 1, command);
        given.insert(given.end(), {"--through", "2026-11-20T09:05:00Z"});
        const auto parsed = read(given).command;
        const auto wanted =
            std::string(command) == "export" ? std::get<cli::events_export_options>(parsed).wanted
            : std::string(command) == "tail" ? std::get<cli::events_tail_options>(parsed).wanted
                                             : std::get<cli::events_options>(parsed).wanted;
        EXPECT_EQ(wanted.types, std::vector<std::string>{"a"});
        EXPECT_EQ(wanted.message, "m");
        EXPECT_EQ(wanted.from->seq, 3u);
        EXPECT_FALSE(wanted.through->seq);
        EXPECT_EQ(wanted.through->time, 1'795'165'500'000);
    }
    const auto before = options_of<cli::events_tail_options>({"events", "--type", "a", "tail"});
    EXPECT_EQ(before.wanted.types, std::vector<std::string>{"a"});
}

TEST(arguments, events_may_be_exported_imported_and_told)
{
    const auto out =
        options_of<cli::events_export_options>({"events", "export", "--redact", "--output", "f"});
    EXPECT_TRUE(out.redact);
    EXPECT_EQ(out.output, "f");
    EXPECT_EQ(options_of<cli::events_import_options>({"events", "import", "-"}).file, "-");
    EXPECT_EQ(read({"events", "import", "f", "--state", "/a"}).state, "/a");
    const auto tail = options_of<cli::events_tail_options>(
        {"events", "tail", "-f", "-n", "3", "--color", "never"});
    EXPECT_TRUE(tail.follow);
    EXPECT_EQ(tail.lines, 3u);
    EXPECT_EQ(tail.color, cli::color_choice::never);
    EXPECT_EQ(options_of<cli::status_options>({"status", "x", "--at", "7"}).at->seq, 7u);
}

/// What is given, and what the answer names beside the help that tells more.
struct mistake {
    std::vector<const char*> arguments;
    const char* named;
};

class wrong_arguments : public testing::TestWithParam<mistake> {};

TEST_P(wrong_arguments, are_named_with_the_help_that_tells_more)
{
    const std::string told = refusal(GetParam().arguments);
    EXPECT_NE(told.find(GetParam().named), std::string::npos) << told;
    EXPECT_NE(told.find("--help`"), std::string::npos) << told;
}

const mistake mistakes[] = {
    {{}, "subcommand"},
    {{"fly"}, "'fly'"},
    {{"--fly"}, "'--fly'"},
    {{"--state"}, "--state"},
    {{"--state", "/a", "digest", "--state", "/b"}, "--state"},
    {{"digest", "extra"}, "extra"},
    {{"up", "--portals", "0"}, "--portals"},
    {{"up", "--smtp-port", "70000"}, "70000"},
    {{"up", "--admin-port", "http"}, "--admin-port"},
    {{"up", "--next-hop", "mx"}, "'mx' is not HOST:PORT"},
    {{"up", "--next-hop", "mx:99999"}, "'mx:99999'"},
    {{"up", "--once"}, "--once"},
    {{"demo", "--json"}, "--json"},
    {{"send"}, "--from"},
    {{"send", "--from", "a@b.c"}, "--to"},
    {{"send", "--from", "nobody", "--to", "a@b.c"}, "--from: 'nobody' is no mail address"},
    {{"send", "--from", "a@b.c", "--to", "d@e.f", "nobody"}, "--to: 'nobody'"},
    {{"send", "--from", "a@b.c", "--to", ""}, "--to: ''"},
    {{"send", "--from", "a@b.c", "--to", "d@e.f", "--attach", "/no/such"}, "/no/such"},
    {{"send", "--from", "a@b.c", "--to", "d@e.f", "--raw", "x", "--html", "y"}, "--raw"},
    {{"status"}, "id"},
    {{"status", ""}, "it is empty"},
    {{"status", "x", "y"}, "y"},
    {{"status", "x", "--at", "yesterday"}, "--at"},
    {{"revoke"}, "id"},
    {{"revoke", ""}, "it is empty"},
    {{"restore", "x", "--recipient", "carol"}, "--recipient: 'carol'"},
    {{"trace", ""}, "it is empty"},
    {{"trace", "--sender", "me"}, "--sender: 'me'"},
    {{"trace", "--recipient", "<a@b.c>"}, "--recipient"},
    {{"trace", "x", "--sender", "a@b.c"}, "leave out --sender"},
    {{"apply"}, "file"},
    {{"apply", "/no/such/file.toml"}, "/no/such/file.toml"},
    {{"apply", "/tmp"}, "/tmp"},
    {{"wait"}, "predicate"},
    {{"wait", "in force", "--timeout", "soon"}, "--timeout"},
    {{"wait", "in force", "--timeout", "-1"}, "--timeout"},
    {{"wait", "in force", "--since", "-1"}, "--since: '-1' is no whole number from 0"},
    {{"wait", "in force", "--since", "99999999999999999999"}, "--since"},
    {{"digest", "--timeout", "x"}, "--timeout"},
    {{"shell", "Get-X"}, "Get-X"},
    {{"events", "--from", "x"}, "--from"},
    {{"events", "--from", "-1"}, "--from"},
    {{"events", "--through", "2026-11-20"}, "--through"},
    {{"events", "--follow", "--through", "5"}, "--follow"},
    {{"events", "fly"}, "fly"},
    {{"events", "tail", "-f", "--through", "5"}, "--follow"},
    {{"events", "tail", "--color", "red"}, "--color"},
    {{"events", "tail", "-n", "-1"}, "--lines: '-1' is no whole number from 0"},
    {{"events", "tail", "-n", "1.5"}, "--lines"},
    {{"events", "--follow", "export"}, "--follow"},
    {{"events", "export", "--output", "/dev/null"}, "/dev/null' is no regular file"},
    {{"events", "export", "--output", "/dev/stdout"}, "leave the option out for standard output"},
    {{"events", "export", "--output", "/tmp"}, "--output"},
    {{"events", "import"}, "file"},
    {{"events", "import", "f", "--type", "x"}, "--type"},
    {{"bus"}, "`sealpost bus --help`"},
    {{"bus", "truncate"}, "--after"},
    {{"bus", "truncate", "--after", "-1"}, "--after: '-1' is no whole number from 0"},
    {{"bus", "truncate", "--after", "99999999999999999999"}, "--after"},
    {{"bus", "compact"}, "--keep-events N"},
    {{"bus", "compact", "--before", "yesterday"}, "--before"},
    {{"bus", "compact", "--keep-events", "-1"}, "--keep-events: '-1' is no whole number from 0"},
    {{"bus", "compact", "--before", "5", "--keep-events", "5"}, "--keep-events"},
};

INSTANTIATE_TEST_SUITE_P(all, wrong_arguments, testing::ValuesIn(mistakes));

TEST(arguments, what_looks_odd_may_be_right)
{
    EXPECT_EQ(
        options_of<cli::send_options>({"send", "--from", "", "--to", "a@b.c", "--text", "x"}).from,
        "");
    EXPECT_EQ(
        options_of<cli::send_options>({"send", "--from", "a@[127.0.0.1]", "--to", "\"b c\"@d.e"})
            .to.front(),
        "\"b c\"@d.e");
    EXPECT_EQ(
        options_of<cli::up_options>({"up", "--next-hop", "[::1]:25"}).pipeline.next_hop,
        "[::1]:25");
    EXPECT_EQ(options_of<cli::events_tail_options>({"events", "tail", "-n", "0"}).lines, 0u);
    for (const char* file : {__FILE__, "/no/such/file"})
        EXPECT_EQ(
            options_of<cli::events_export_options>({"events", "export", "--output", file}).output,
            file);
}

std::string manual()
{
    std::ifstream stream(std::filesystem::path(__FILE__).parent_path() / "../../docs/cli.md");
    return {std::istreambuf_iterator<char>(stream), {}};
}

class every_command : public testing::TestWithParam<const char*> {};

TEST_P(every_command, has_a_help_with_examples_that_stands_in_the_manual)
{
    std::istringstream words{GetParam()};
    std::vector<std::string> named{std::istream_iterator<std::string>(words), {}};
    std::vector<const char*> arguments;
    arguments.reserve(named.size() + 1);
    for (const std::string& word : named)
        arguments.push_back(word.c_str());
    arguments.push_back("--help");
    const std::string help = options_of<cli::printed_text>(arguments).text;
    EXPECT_NE(help.find("Examples:"), std::string::npos);
    EXPECT_NE(manual().find(help), std::string::npos)
        << "docs/cli.md does not hold this text as it is:\n"
        << help;
}

INSTANTIATE_TEST_SUITE_P(
    all,
    every_command,
    testing::Values(
        "up",
        "demo",
        "send",
        "trace",
        "status",
        "revoke",
        "restore",
        "apply",
        "events",
        "events export",
        "events import",
        "events tail",
        "wait",
        "digest",
        "verify",
        "head",
        "bus truncate",
        "bus compact",
        "shell"));

TEST(arguments, the_whole_help_stands_in_the_manual)
{
    EXPECT_NE(manual().find(options_of<cli::printed_text>({"--help"}).text), std::string::npos);
    EXPECT_EQ(options_of<cli::printed_text>({"--version"}).text, "sealpost 0.1.0\n");
}

} // namespace
