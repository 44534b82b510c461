#include "gateway/smtp_session.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace gateway {
namespace {

using action = smtp_step::action;

smtp_limits limits()
{
    smtp_limits some;
    some.message_octets = 1000;
    some.recipients = 3;
    some.errors = 5;
    return some;
}

const smtp_reply yes{250, "2.0.0", {"yes"}};
const smtp_reply no{550, "5.7.1", {"no"}};

// Brings a session into one of its states.
smtp_session in_state(const std::string& state, bool offers_tls = true)
{
    auto wide = limits();
    wide.errors = 1000;
    smtp_session session("mx.example.org", wide, offers_tls);
    if (state == "fresh") {
        return session;
    }
    session.line("EHLO client");
    if (state == "greeted") {
        return session;
    }
    session.line("MAIL FROM:<a@b.org>");
    session.answered(yes);
    if (state == "sender given") {
        return session;
    }
    session.line("RCPT TO:<c@d.org>");
    session.answered(yes);
    return session;
}

TEST(smtp_session, answers_every_command_in_every_state_by_the_table)
{
    struct row {
        const char* line;
        std::map<std::string, int> codes; ///< 0: the receiver is asked
    };
    const std::vector<row> table = {
        {"EHLO x",
         {{"fresh", 250}, {"greeted", 250}, {"sender given", 250}, {"recipients given", 250}}},
        {"HELO x",
         {{"fresh", 250}, {"greeted", 250}, {"sender given", 250}, {"recipients given", 250}}},
        {"MAIL FROM:<a@b.org>",
         {{"fresh", 503}, {"greeted", 0}, {"sender given", 503}, {"recipients given", 503}}},
        {"RCPT TO:<a@b.org>",
         {{"fresh", 503}, {"greeted", 503}, {"sender given", 0}, {"recipients given", 0}}},
        {"DATA",
         {{"fresh", 503}, {"greeted", 503}, {"sender given", 554}, {"recipients given", 354}}},
        {"RSET",
         {{"fresh", 250}, {"greeted", 250}, {"sender given", 250}, {"recipients given", 250}}},
        {"NOOP",
         {{"fresh", 250}, {"greeted", 250}, {"sender given", 250}, {"recipients given", 250}}},
        {"VRFY a",
         {{"fresh", 252}, {"greeted", 252}, {"sender given", 252}, {"recipients given", 252}}},
        {"HELP",
         {{"fresh", 214}, {"greeted", 214}, {"sender given", 214}, {"recipients given", 214}}},
        {"QUIT",
         {{"fresh", 221}, {"greeted", 221}, {"sender given", 221}, {"recipients given", 221}}},
        {"STARTTLS",
         {{"fresh", 503}, {"greeted", 220}, {"sender given", 503}, {"recipients given", 503}}},
        {"JUNK",
         {{"fresh", 500}, {"greeted", 500}, {"sender given", 500}, {"recipients given", 500}}},
        {"MAIL FROM:<a@b.org> X=1",
         {{"fresh", 555}, {"greeted", 555}, {"sender given", 555}, {"recipients given", 555}}},
    };
    for (const auto& row : table) {
        for (const auto& [state, code] : row.codes) {
            auto session = in_state(state);
            EXPECT_EQ(session.line(row.line).reply.code, code) << row.line << " when " << state;
        }
    }
}

TEST(smtp_session, ehlo_names_what_is_offered_and_no_more)
{
    const std::vector<std::string> expected = {
        "mx.example.org greets client",
        "PIPELINING",
        "SIZE 1000",
        "8BITMIME",
        "STARTTLS",
        "ENHANCEDSTATUSCODES"};
    smtp_session session("mx.example.org", limits(), true);
    EXPECT_EQ(session.line("EHLO client").reply.lines, expected);
    session.line("STARTTLS");
    session.tls_started();
    for (const auto& line : session.line("EHLO client").reply.lines) {
        EXPECT_NE(line, "STARTTLS");
    }
    EXPECT_EQ(session.line("HELO client").reply.lines.size(), 1U);
}

TEST(smtp_session, a_transaction_goes_through_its_steps)
{
    auto session = in_state("greeted");
    auto step = session.line("MAIL FROM:<a@b.org> SIZE=99");
    EXPECT_EQ(step.wanted, action::begin_mail);
    EXPECT_EQ(step.command.declared_size, 99U);
    EXPECT_EQ(session.answered(yes).reply.code, 250);
    step = session.line("RCPT TO:<c@d.org>");
    EXPECT_EQ(step.wanted, action::add_recipient);
    EXPECT_EQ(step.command.path.text(), "c@d.org");
    session.answered(yes);
    EXPECT_EQ(session.line("DATA").wanted, action::read_data);
    session.data_ended(true);
    EXPECT_EQ(session.line("MAIL FROM:<>").wanted, action::begin_mail);
}

TEST(smtp_session, what_the_receiver_refuses_moves_nothing)
{
    auto session = in_state("greeted");
    session.line("MAIL FROM:<a@b.org>");
    EXPECT_EQ(session.answered(no).reply.code, 550);
    EXPECT_EQ(session.line("RCPT TO:<c@d.org>").reply.code, 503);
    session.line("MAIL FROM:<a@b.org>");
    session.answered(yes);
    session.line("RCPT TO:<c@d.org>");
    session.answered(no);
    EXPECT_EQ(session.line("DATA").reply.code, 554) << "no valid recipients";
}

TEST(smtp_session, a_declared_size_over_the_limit_is_refused_at_once)
{
    auto session = in_state("greeted");
    EXPECT_EQ(session.line("MAIL FROM:<a@b.org> SIZE=1001").reply.code, 552);
    EXPECT_EQ(session.line("MAIL FROM:<a@b.org> SIZE=1000").wanted, action::begin_mail);
}

TEST(smtp_session, further_recipients_than_allowed_are_put_off_and_count_as_no_error)
{
    auto session = in_state("sender given");
    for (int number = 0; number < 3; ++number) {
        EXPECT_EQ(session.line("RCPT TO:<c@d.org>").wanted, action::add_recipient);
        session.answered(yes);
    }
    for (int number = 0; number < 30; ++number) {
        EXPECT_EQ(session.line("RCPT TO:<c@d.org>").reply.code, 452);
    }
    EXPECT_EQ(session.line("DATA").reply.code, 354);
}

TEST(smtp_session, reset_and_a_new_hello_drop_the_transaction)
{
    for (const auto* line : {"RSET", "EHLO again", "HELO again"}) {
        auto session = in_state("recipients given");
        EXPECT_EQ(session.line(line).wanted, action::reset) << line;
        EXPECT_EQ(session.line("DATA").reply.code, 503) << line;
        EXPECT_EQ(session.line("MAIL FROM:<a@b.org>").wanted, action::begin_mail) << line;
    }
}

TEST(smtp_session, nothing_said_in_clear_survives_tls)
{
    auto session = in_state("greeted");
    EXPECT_EQ(session.line("STARTTLS").wanted, action::start_tls);
    session.tls_started();
    EXPECT_EQ(session.peer_name(), "");
    EXPECT_TRUE(session.tls());
    EXPECT_EQ(session.line("MAIL FROM:<a@b.org>").reply.code, 503);
    session.line("EHLO client");
    EXPECT_EQ(session.line("STARTTLS").reply.code, 503) << "TLS runs already";
}

TEST(smtp_session, starttls_without_a_certificate_is_not_offered)
{
    auto session = in_state("greeted", false);
    EXPECT_EQ(session.line("STARTTLS").reply.code, 502);
}

TEST(smtp_session, too_many_errors_end_it)
{
    smtp_session session("mx.example.org", limits(), true);
    for (int error = 0; error < 5; ++error) {
        EXPECT_EQ(session.line("JUNK").wanted, action::reply);
    }
    const auto last = session.line("JUNK");
    EXPECT_EQ(last.wanted, action::close);
    EXPECT_EQ(last.reply.code, 421);
}

TEST(smtp_session, refusals_of_the_receiver_count_as_errors)
{
    smtp_session session("mx.example.org", limits(), true);
    session.line("EHLO x");
    smtp_step last;
    for (int error = 0; error < 6; ++error) {
        session.line("MAIL FROM:<a@b.org>");
        last = session.answered(no);
    }
    EXPECT_EQ(last.wanted, action::close);
}

TEST(smtp_session, commands_that_do_nothing_wear_out)
{
    smtp_session session("mx.example.org", limits(), true);
    std::size_t said = 0;
    while (session.line(said % 2 == 0 ? "NOOP" : "RSET").wanted != action::close) {
        ASSERT_LT(++said, 200U);
    }
    EXPECT_EQ(said, smtp_session::idle_commands + 5);
}

TEST(smtp_session, postmaster_is_the_one_of_this_host)
{
    auto session = in_state("sender given");
    EXPECT_EQ(
        session.line("RCPT TO:<Postmaster>").command.path.text(), "postmaster@mx.example.org");
}

} // namespace
} // namespace gateway
