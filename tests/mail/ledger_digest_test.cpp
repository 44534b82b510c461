#include "mail/event_json.hpp"
#include "mail/ledger.hpp"
#include "tests/mail/samples.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace mail {
namespace {

using test::first_message;
using test::mailbox;
using test::story;

using log = std::vector<std::pair<bus_time, event>>;

/// Everything that can happen, in which every event matters.
story long_story()
{
    story s;
    s.tell(directory_changed{
        organisation_entry{"Contoso", false, 3600},
        {{"gmail.com", identity_type::google, client_type::other, false}},
        {{mailbox("dan@outlook.com"),
          identity_type::microsoft_account,
          client_type::outlook,
          "PEM",
          true,
          false}},
        "root"});
    s.accept({"bob@gmail.com"}, {"carol@office.example"}, 3600);
    s.deliver("bob@gmail.com", delivery_outcome::deferred);
    s.wait(60);
    s.deliver("bob@gmail.com");
    s.issue("bob@gmail.com", "c");
    s.tell(mail_submitted{
        submission_kind::passcode, {"c0de"}, first_message.text, {mailbox("bob@gmail.com")}, 900});
    s.try_code("c", false);
    s.try_code("c", true);
    const event_id view = s.attempt("bob@gmail.com", "s");
    s.wait(1);
    s.tell(access_renewed{view});
    const auto revoke = s.revoke({}, "note");
    s.close(view, 100);
    s.tell(revocation_enforced{first_message, revoke, 5, 1, {}});
    s.restore();
    s.tell(session_ended{{"s"}});
    return s;
}

std::string digest_of(const log& events)
{
    mail::ledger ledger;
    for (std::size_t i = 0; i < events.size(); ++i)
        ledger.apply(i + 1, events[i].first, events[i].second);
    return ledger.digest();
}

TEST(ledger_digest, is_64_hexadecimal_digits_and_changes_with_every_event)
{
    const story s = long_story();
    mail::ledger ledger;
    std::string last = ledger.digest();
    EXPECT_EQ(last.size(), 64U);
    EXPECT_EQ(last.find_first_not_of("0123456789abcdef"), std::string::npos);
    for (std::size_t i = 0; i < s.log.size(); ++i) {
        ledger.apply(i + 1, s.log[i].first, s.log[i].second);
        EXPECT_NE(ledger.digest(), last) << i;
        last = ledger.digest();
    }
}

TEST(ledger_digest, is_equal_for_equal_logs_however_they_came)
{
    const story s = long_story();
    EXPECT_EQ(digest_of(s.log), s.ledger.digest());
    log through_json;
    for (const auto& [time, fact] : s.log)
        through_json.push_back({time, parse_event(to_json(fact))});
    EXPECT_EQ(digest_of(through_json), s.ledger.digest());
    EXPECT_EQ(test::copy_of(s.ledger).digest(), s.ledger.digest());
}

TEST(ledger_digest, tells_when_any_event_is_missing)
{
    const story s = long_story();
    for (std::size_t i = 0; i < s.log.size(); ++i) {
        log changed = s.log;
        changed[i].second.body = unknown_event{"sealpost.nothing"};
        EXPECT_NE(digest_of(changed), s.ledger.digest()) << type_of(s.log[i].second);
    }
}

TEST(ledger_digest, tells_when_any_field_that_counts_is_another)
{
    const story s = long_story();
    const auto changed = [&](auto kind, auto change) {
        using body_type = decltype(kind);
        for (std::size_t i = 0; i < s.log.size(); ++i) {
            log other = s.log;
            if (auto* body = std::get_if<body_type>(&other[i].second.body)) {
                change(*body);
                return digest_of(other) != s.ledger.digest();
            }
        }
        return false;
    };
    EXPECT_TRUE(changed(message_accepted{}, [](auto& e) { e.subject += 'x'; }));
    EXPECT_TRUE(changed(message_accepted{}, [](auto& e) { e.message_id.text += 'x'; }));
    EXPECT_TRUE(changed(message_accepted{}, [](auto& e) { e.sender = {}; }));
    EXPECT_TRUE(changed(message_accepted{}, [](auto& e) { ++e.size; }));
    EXPECT_TRUE(changed(message_accepted{}, [](auto& e) { ++e.expiry_seconds; }));
    EXPECT_TRUE(changed(message_accepted{}, [](auto& e) { e.recipients[0].link.text += 'x'; }));
    EXPECT_TRUE(changed(message_accepted{}, [](auto& e) { e.recipients[1].reason += 'x'; }));
    EXPECT_TRUE(
        changed(delivery_attempted{}, [](auto& e) { e.outcome = delivery_outcome::failed; }));
    EXPECT_TRUE(changed(passcode_issued{}, [](auto& e) { ++e.valid_seconds; }));
    EXPECT_TRUE(changed(passcode_tried{}, [](auto& e) { e.right = true; }));
    EXPECT_TRUE(changed(access_attempted{}, [](auto& e) { e.portal += 'x'; }));
    EXPECT_TRUE(changed(access_closed{}, [](auto& e) { ++e.bytes; }));
    EXPECT_TRUE(changed(mail_submitted{}, [](auto& e) { ++e.valid_seconds; }));
    EXPECT_TRUE(changed(message_revoked{}, [](auto& e) { e.reason += 'x'; }));
    EXPECT_TRUE(changed(message_revoked{}, [](auto& e) { e.note += 'x'; }));
    EXPECT_TRUE(changed(directory_changed{}, [](auto& e) { e.organisation->force_link = true; }));
    EXPECT_TRUE(
        changed(directory_changed{}, [](auto& e) { e.domains[0].client = client_type::outlook; }));
    EXPECT_TRUE(changed(directory_changed{}, [](auto& e) { e.recipients[0].certificate += 'x'; }));
}

TEST(ledger_digest, tells_texts_apart_that_only_touch)
{
    story one;
    story two;
    one.tell(directory_changed{{}, {{"ab", {}, {}, false}, {"c", {}, {}, false}}, {}, ""});
    two.tell(directory_changed{{}, {{"a", {}, {}, false}, {"bc", {}, {}, false}}, {}, ""});
    EXPECT_NE(one.ledger.digest(), two.ledger.digest());
}

} // namespace
} // namespace mail
