#include "cli/redaction.hpp"
#include "mail/event_json.hpp"
#include "stored_story.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace {

using mail::test::mailbox;
using mail::test::story;

/// Both ledgers side by side: the story's, and one that applied the redacted events.
class two_ledgers {
public:
    explicit two_ledgers(const story& told)
    {
        encryptor::start_cryptography();
        redactor_.emplace();
        for (const auto& [time, fact] : told.log) {
            const mail::event redacted =
                mail::parse_event(mail::to_json(redactor_->redacted(fact)));
            text += mail::to_json(redacted) + "\n";
            ++seq_;
            original.apply(seq_, time, fact);
            replayed.apply(seq_, time, redacted);
            compare_ruling(fact, redacted);
        }
    }

    mail::ledger original;
    mail::ledger replayed;
    std::string text;
    std::size_t verdicts = 0;

private:
    /// What the ledgers made of this very event.
    void compare_ruling(const mail::event& fact, const mail::event& redacted)
    {
        EXPECT_EQ(fact.body.index(), redacted.body.index());
        EXPECT_EQ(original.passcode_try(fact.id), replayed.passcode_try(redacted.id)) << seq_;
        const mail::attempt_state* was = original.find_attempt(fact.id);
        const mail::attempt_state* is = replayed.find_attempt(redacted.id);
        ASSERT_EQ(was == nullptr, is == nullptr) << seq_;
        if (was == nullptr)
            return;
        EXPECT_EQ(was->verdict, is->verdict) << seq_;
        ++verdicts;
    }

    std::optional<cli::redactor> redactor_;
    std::uint64_t seq_ = 0;
};

std::vector<const mail::message_state*> messages(const mail::ledger& ledger)
{
    std::vector<const mail::message_state*> all;
    ledger.for_each_message([&all](const mail::message_state& message) {
        all.push_back(&message);
        return true;
    });
    return all;
}

TEST(redaction, leaves_every_decision_as_it_was)
{
    const two_ledgers ledgers(cli_test::eventful_story());
    EXPECT_GT(ledgers.verdicts, 5u);
    const auto was = messages(ledgers.original);
    const auto is = messages(ledgers.replayed);
    ASSERT_EQ(was.size(), 2u);
    ASSERT_EQ(is.size(), was.size());
    for (std::size_t at = 0; at < was.size(); ++at) {
        EXPECT_EQ(is[at]->is_revocable(), was[at]->is_revocable());
        EXPECT_EQ(is[at]->is_revoked(), was[at]->is_revoked());
        ASSERT_EQ(is[at]->recipients.size(), was[at]->recipients.size());
        for (std::size_t who = 0; who < was[at]->recipients.size(); ++who) {
            const mail::recipient_state& one = was[at]->recipients[who];
            const mail::recipient_state& other = is[at]->recipients[who];
            EXPECT_EQ(other.status, one.status);
            EXPECT_EQ(other.attempts, one.attempts);
            EXPECT_EQ(other.revoked, one.revoked);
            EXPECT_EQ(other.reads, one.reads);
            EXPECT_EQ(other.first_read_at, one.first_read_at);
            EXPECT_EQ(other.may_have_read, one.may_have_read);
            EXPECT_EQ(other.accepted.identity, one.accepted.identity);
            EXPECT_EQ(other.accepted.delivery, one.accepted.delivery);
            EXPECT_EQ(other.accepted.revocable, one.accepted.revocable);
        }
    }
    EXPECT_EQ(
        ledgers.original.unenforced_revokes().size(), ledgers.replayed.unenforced_revokes().size());
    EXPECT_EQ(ledgers.original.domains().size(), ledgers.replayed.domains().size());
    EXPECT_NE(ledgers.original.digest(), ledgers.replayed.digest());
}

TEST(redaction, leaves_no_word_of_anybody)
{
    const story told = cli_test::eventful_story();
    const two_ledgers ledgers(told);
    std::string original;
    for (const auto& [time, fact] : told.log)
        original += mail::to_json(fact) + "\n";
    std::string lower;
    std::transform(
        ledgers.text.begin(), ledgers.text.end(), std::back_inserter(lower), [](unsigned char one) {
            return static_cast<char>(std::tolower(one));
        });
    for (const char* canary :
         {"canary",
          "carol",
          "dave",
          "olga",
          "alice",
          "größer",
          "numbers",
          "example.com",
          "wrong recipient",
          "the directory says so",
          "session-1",
          "challenge-",
          "event-1",
          "0190a000-0000-7000-8000-00000000000",
          "00112233445566778899aabbccddeeff",
          "locator of"}) {
        EXPECT_EQ(lower.find(canary), std::string::npos) << canary << " in\n" << lower;
        // The control: the original holds it, so looking for it means something.
        EXPECT_NE(
            original.find(
                canary == std::string("numbers")                 ? "Numbers"
                : canary == std::string("the directory says so") ? "The directory says so"
                                                                 : canary),
            std::string::npos)
            << canary;
    }
}

class a_redactor : public testing::Test {
protected:
    a_redactor() { encryptor::start_cryptography(); }

    template <class Body>
    Body redacted(Body body)
    {
        const cli::redactor by;
        return std::get<Body>(by.redacted({{"id"}, "/gateway", std::move(body)}).body);
    }
};

TEST_F(a_redactor, keeps_equal_what_was_equal_and_only_that)
{
    const cli::redactor by;
    const auto carol = by.pseudonym(mailbox("carol@gmail.com"));
    EXPECT_EQ(carol, by.pseudonym(mailbox("CAROL@GMail.com")));
    EXPECT_NE(carol, by.pseudonym(mailbox("carol@gmail.org")));
    EXPECT_NE(carol.local_part(), by.pseudonym(mailbox("carol@gmail.org")).local_part());
    EXPECT_EQ(carol.domain(), by.pseudonym(mailbox("dave@gmail.com")).domain());
    EXPECT_EQ(carol.domain(), by.domain("gmail.com"));
    EXPECT_TRUE(carol.domain().ends_with(".example"));
    EXPECT_TRUE(by.pseudonym(mail::address()).is_null());
    EXPECT_EQ(by.id("a"), by.id("a"));
    EXPECT_NE(by.id("a"), by.id("b"));
}

TEST_F(a_redactor, gives_pseudonyms_that_no_other_redaction_gives)
{
    const cli::redactor one;
    const cli::redactor other;
    EXPECT_NE(
        one.pseudonym(mailbox("carol@gmail.com")), other.pseudonym(mailbox("carol@gmail.com")));
    EXPECT_NE(one.domain("gmail.com"), other.domain("gmail.com"));
    EXPECT_NE(one.id("a"), other.id("a"));
    EXPECT_NE(one.log_id(), other.log_id());
}

TEST_F(a_redactor, keeps_the_shape_of_ids)
{
    const cli::redactor by;
    const std::string uuid = by.id("0190a000-0000-7000-8000-000000000001");
    EXPECT_EQ(uuid.size(), 36u);
    EXPECT_EQ(uuid[8], '-');
    EXPECT_EQ(uuid[23], '-');
    EXPECT_EQ(by.id(std::string(64, 'a')).size(), 64u);
    EXPECT_EQ(by.id(std::string(32, '0')).size(), 32u);
    EXPECT_EQ(by.id("short").size(), 32u);
    EXPECT_EQ(by.id("a").size(), 32u) << "a few digits would collide";
}

TEST_F(a_redactor, keeps_length_codes_and_our_own_words)
{
    mail::message_accepted accepted;
    accepted.message.text = "m";
    accepted.message_id.text = "<someone@somewhere>";
    accepted.subject = "Quarterly";
    accepted.protection = "Do Not Forward";
    accepted.template_name = "Contoso Template";
    accepted = redacted(accepted);
    EXPECT_EQ(accepted.subject, "xxxxxxxxx");
    EXPECT_EQ(accepted.protection, "Do Not Forward");
    EXPECT_EQ(accepted.template_name, std::string(16, 'x'));
    EXPECT_TRUE(accepted.message_id.text.ends_with("@redacted.example>"));
    EXPECT_TRUE(redacted(mail::message_accepted{}).message_id.text.empty());

    const auto reply = [this](const std::string& text) {
        mail::delivery_attempted attempted;
        attempted.message = "m";
        attempted.recipient = mailbox("a@b.c");
        attempted.smtp_reply = text;
        return redacted(attempted).smtp_reply;
    };
    EXPECT_EQ(reply("550 5.1.1 <carol@x> unknown"), "550 5.1.1xxxxxxxxxxxxxxxxxx");
    EXPECT_EQ(reply("250 ok"), "250xxx");
    EXPECT_EQ(reply("250"), "250");
    EXPECT_EQ(reply("250 2.0.0"), "250 2.0.0");
    EXPECT_EQ(reply("250 2.0.0.carol"), "250xxxxxxxxxxxx");
    EXPECT_EQ(reply("250 10.1.2.3 said no"), "250xxxxxxxxxxxxxxxxx");
    EXPECT_EQ(reply("no route to mx.contoso.com"), std::string(26, 'x'));
    EXPECT_EQ(reply("12"), "xx");
    EXPECT_EQ(reply(""), "");
}

TEST_F(a_redactor, keeps_how_the_portal_says_that_a_read_ended)
{
    for (const char* ending : {"complete", "aborted", "revoked", "grant ended", "too slow"})
        EXPECT_EQ(redacted(mail::access_closed{.ending = ending}).ending, ending);
    EXPECT_EQ(redacted(mail::access_closed{.ending = "ended for Carol"}).ending, "xxxxxxxxxxxxxxx");
}

TEST_F(a_redactor, tells_portals_of_ours_from_hosts_of_somebody)
{
    const cli::redactor by;
    const auto source = [&by](const std::string& text) {
        return by.redacted({{"id"}, text, mail::session_ended{{"s"}}}).source;
    };
    EXPECT_EQ(source("/gateway"), "/gateway");
    EXPECT_EQ(source("/portal/portal-2"), "/portal/portal-2");
    for (const char* name :
         {"/portal/mail.contoso.com", "/portal/portal-x", "/portal/portal-", "/host"})
        EXPECT_EQ(source(name), "/redacted") << name;
}

TEST_F(a_redactor, leaves_nothing_of_what_it_does_not_know)
{
    const cli::redactor by;
    const auto type = [&by](const std::string& text) {
        return std::string(
            mail::type_of(by.redacted({{"id"}, "/gateway", mail::unknown_event{text}})));
    };
    EXPECT_EQ(type("sealpost.rules.changed"), "sealpost.rules.changed");
    EXPECT_EQ(type("com.contoso.secret"), "sealpost.redacted");
    EXPECT_EQ(type("sealpost.Carol"), "sealpost.redacted");
    EXPECT_EQ(mail::type_of(by.unreadable(3)), "sealpost.unreadable");
    EXPECT_NE(by.unreadable(3).id, by.unreadable(4).id);
}

} // namespace
