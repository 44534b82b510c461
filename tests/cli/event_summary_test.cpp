#include "cli/event_summary.hpp"
#include "cli/message_finder.hpp"
#include "cli/progress_bar.hpp"
#include "cli/terminal_text.hpp"
#include "stored_story.hpp"

#include <gtest/gtest.h>

namespace {

using mail::test::story;

std::vector<std::string> lines_of(const story& told, bool colors = false)
{
    mail::ledger ledger;
    cli::message_finder finder;
    std::vector<std::string> lines;
    for (const bus::stored_event& event : cli_test::stored(told)) {
        const mail::event fact = mail::parse_event(event.payload);
        ledger.apply(event.seq, event.time, fact);
        const auto summary = cli::summary_of(fact, finder.message_of(fact), ledger);
        lines.push_back(cli::summary_line(event, summary, colors));
    }
    return lines;
}

void expect_in(const std::string& part, const std::string& line)
{
    EXPECT_NE(line.find(part), std::string::npos) << part << " is not in: " << line;
}

TEST(event_summary, says_when_what_who_and_how_it_ended)
{
    const auto lines = lines_of(cli_test::eventful_story());
    expect_in("     1  2027-01-15T08:00:00.000Z  directory.changed    -  ", lines[0]);
    expect_in("canary-administrator  organisation, 1 domain, 1 recipient", lines[0]);
    expect_in(
        "message.accepted     0190a000-0000-7000-8000-000000000001  alice@example.com to ",
        lines[1]);
    expect_in("\"Numbers\", 2 links, 1 inline", lines[1]);
    expect_in(
        "<> to canary.carol@canary-domain.com  \"canary subject, größer\", 1 link, 0 inline",
        lines[2]);
    expect_in("dave@canary-other.org  deferred: 250 2.0.0 ok", lines[3]);
    expect_in(
        "0190a000-0000-7000-8000-000000000001  canary.carol@canary-domain.com  opened", lines[6]);
    expect_in("view: granted", lines[7]);
    expect_in("canary.carol@canary-domain.com  renewal: granted", lines[8]);
    expect_in("900 octets, complete", lines[9]);
    expect_in("dave@canary-other.org  wrong", lines[11]);
    expect_in("view: not_signed_in", lines[12]);
    expect_in("admin  for canary.carol@canary-domain.com: wrong recipient", lines[14]);
    expect_in("view: revoked", lines[15]);
    expect_in("admin  all recipients", lines[16]);
    expect_in("later.happened", lines.back());
}

TEST(event_summary, names_the_first_of_many)
{
    story told;
    told.accept({"a@x.y", "b@x.y", "c@x.y", "d@x.y", "e@x.y"});
    expect_in("to a@x.y, b@x.y, c@x.y and 2 more", lines_of(told)[0]);
}

TEST(event_summary, lets_nothing_steer_the_terminal)
{
    story told;
    mail::message_accepted accepted;
    accepted.message = mail::test::first_message;
    accepted.content.text = "c";
    accepted.subject = "\033]0;title\007\n\r\xc2\x9b"
                       "31m red";
    told.tell(accepted);
    const std::string line = lines_of(told)[0];
    for (const char octet : line)
        EXPECT_TRUE(static_cast<unsigned char>(octet) >= 0x20) << line;
    expect_in("\"?]0;title????31m red\"", line);
}

TEST(event_summary, has_colours_only_when_asked)
{
    const auto plain = lines_of(cli_test::eventful_story());
    const auto colored = lines_of(cli_test::eventful_story(), true);
    for (std::size_t at = 0; at < plain.size(); ++at) {
        EXPECT_EQ(plain[at].find('\033'), std::string::npos);
        expect_in("\033[", colored[at]);
    }
    expect_in("\033[32mview: granted\033[0m", colored[7]);
    expect_in("\033[31mview: revoked\033[0m", colored[15]);
}

TEST(progress_bar, says_how_far_it_is)
{
    EXPECT_EQ(
        cli::progress_line("importing", 0, 40), "importing [--------------------]   0 %  0 of 40");
    EXPECT_EQ(
        cli::progress_line("importing", 10, 40),
        "importing [#####---------------]  25 %  10 of 40");
    EXPECT_EQ(
        cli::progress_line("importing", 40, 40),
        "importing [####################] 100 %  40 of 40");
    EXPECT_EQ(
        cli::progress_line("importing", 50, 40),
        "importing [####################] 100 %  50 of 40");
    EXPECT_EQ(cli::progress_line("importing", 7, 0), "importing 7");
}

TEST(printable, leaves_letters_and_takes_commands)
{
    EXPECT_EQ(cli::printable("Größe\tü 中"), "Größe\tü 中");
    EXPECT_EQ(cli::printable("a\x1b[31mb\x7f"), "a?[31mb?");
    EXPECT_EQ(cli::printable("\xc2"), "\xc2");
}

} // namespace
