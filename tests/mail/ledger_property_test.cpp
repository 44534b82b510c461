#include "mail/ledger.hpp"
#include "tests/mail/story.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

/// Random logs of few names, so that everything meets everything, against rules that must hold in
/// all of them.
namespace mail {
namespace {

using test::mailbox;
using test::story;

const std::vector<std::string> people{"a@x.example", "b@x.example", "c@x.example"};
const std::vector<std::string> messages{"m1", "m2"};

class chance {
public:
    explicit chance(unsigned seed) : engine_(seed) {}
    std::size_t below(std::size_t bound) { return engine_() % bound; }
    const std::string& of(const std::vector<std::string>& list) { return list[below(list.size())]; }
    std::vector<address> some(const std::vector<std::string>& list)
    {
        std::vector<address> result;
        for (std::size_t i = below(3); i > 0; --i)
            result.push_back(mailbox(of(list)));
        return result;
    }

private:
    std::mt19937 engine_;
};

event_body random_event(chance& dice, std::size_t seq)
{
    const network_message_id message{dice.of(messages)};
    const std::size_t person = dice.below(people.size());
    const address who = mailbox(people[person]);
    const event_id earlier{"event-" + std::to_string(1 + dice.below(seq))};
    // Mostly one's own session and a passcode that nobody had yet, else anybody's.
    const session_hash session{"s" + std::to_string(dice.below(4) > 0 ? person : dice.below(4))};
    const challenge_id challenge{
        "c" + std::to_string(person) + '-' + std::to_string(seq / (dice.below(4) > 0 ? 60 : 30))};
    switch (dice.below(18)) {
    case 0: {
        message_accepted fact;
        fact.message = message;
        fact.expiry_seconds = static_cast<std::int64_t>(dice.below(3)) * 2000;
        for (const std::string& each : people)
            fact.recipients.push_back(story::recipient(
                each, dice.below(3) == 0 ? delivery_mode::in_line : delivery_mode::link));
        return fact;
    }
    case 1:
        return delivery_attempted{
            message.text,
            who,
            static_cast<delivery_outcome>(dice.below(4)),
            "reply",
            {},
            dice.below(5) == 0};
    case 2:
        return passcode_issued{challenge, message, who, 900, "", ""};
    case 3:
    case 4:
    case 11:
    case 12:
        return passcode_tried{challenge, dice.below(4) > 0, session};
    case 5:
    case 6:
    case 13:
    case 14:
        return access_attempted{
            message, who, session, "p", static_cast<access_kind>(dice.below(4)), "", {}};
    case 7:
    case 15:
        return access_renewed{earlier};
    case 8:
    case 16:
        return access_closed{earlier, dice.below(2) * 10, "complete"};
    case 9:
        return message_revoked{message, dice.some(people), "root", {}, "", std::to_string(seq)};
    case 10:
        return message_restored{message, dice.some(people), "root", {}, "", ""};
    default:
        return dice.below(2) == 0
                   ? event_body(session_ended{session})
                   : event_body(revocation_enforced{message, dice.below(seq), 0, 0, {}});
    }
}

story random_story(unsigned seed, std::size_t length)
{
    chance dice(seed);
    story s;
    for (std::size_t i = 1; i <= length; ++i) {
        s.now += static_cast<bus_time>(dice.below(20'000));
        s.tell(random_event(dice, i));
    }
    return s;
}

/// What is revoked, by the plainest possible reading of the log.
class plain_revocations {
public:
    void see(const event& fact, const mail::ledger& before)
    {
        if (const auto* revoked = std::get_if<message_revoked>(&fact.body)) {
            for (const address& mailbox : named(revoked->recipients)) {
                if (before.find(revoked->message))
                    revoked_.insert({revoked->message.text, mailbox.key()});
            }
        } else if (const auto* restored = std::get_if<message_restored>(&fact.body)) {
            for (const address& mailbox : named(restored->recipients))
                revoked_.erase({restored->message.text, mailbox.key()});
        }
    }
    bool holds(const network_message_id& message, const address& mailbox) const
    {
        return revoked_.contains({message.text, mailbox.key()});
    }

private:
    static std::vector<address> named(const std::vector<address>& recipients)
    {
        if (!recipients.empty())
            return recipients;
        std::vector<address> all;
        all.reserve(people.size());
        for (const std::string& person : people)
            all.push_back(mailbox(person));
        return all;
    }
    std::set<std::pair<std::string, std::string>> revoked_;
};

TEST(ledger_property, a_prefix_and_the_rest_are_the_whole)
{
    for (unsigned seed = 0; seed < 30; ++seed) {
        const story s = random_story(seed, 300);
        mail::ledger prefix;
        std::vector<mail::ledger> saved;
        for (std::size_t i = 0; i < s.log.size(); ++i) {
            if (i % 50 == 0)
                saved.push_back(test::copy_of(prefix));
            prefix.apply(i + 1, s.log[i].first, s.log[i].second);
        }
        for (mail::ledger& continued : saved) {
            for (std::size_t i = continued.applied(); i < s.log.size(); ++i)
                continued.apply(i + 1, s.log[i].first, s.log[i].second);
            ASSERT_EQ(continued.digest(), s.ledger.digest()) << seed;
        }
    }
}

TEST(ledger_property, nothing_is_granted_after_a_revoke_or_expiry_or_without_sign_in)
{
    std::size_t granted = 0;
    for (unsigned seed = 100; seed < 160; ++seed) {
        const story s = random_story(seed, 400);
        mail::ledger ledger;
        plain_revocations revocations;
        for (std::size_t i = 0; i < s.log.size(); ++i) {
            const event& fact = s.log[i].second;
            revocations.see(fact, ledger);
            ledger.apply(i + 1, s.log[i].first, fact);
            const attempt_state* attempt = ledger.find_attempt(fact.id);
            if (const auto* renewed = std::get_if<access_renewed>(&fact.body)) {
                attempt = ledger.find_attempt(renewed->attempt);
                if (attempt && attempt->seq != ledger.applied())
                    attempt = nullptr; // the renewal was refused
            }
            if (!attempt || attempt->verdict != access_verdict::granted)
                continue;
            ++granted;
            const auto& asked = attempt->attempted;
            ASSERT_FALSE(revocations.holds(asked.message, asked.recipient)) << seed << ' ' << i;
            ASSERT_FALSE(ledger.find(asked.message)->expired_at(s.log[i].first));
            const kept_address* reader = ledger.signed_in(asked.session, s.log[i].first);
            ASSERT_TRUE(reader && *reader == asked.recipient);
        }
    }
    EXPECT_GT(granted, 200U) << "too few grants to show anything";
}

TEST(ledger_property, what_is_counted_beside_the_attempts_agrees_with_them)
{
    for (unsigned seed = 200; seed < 240; ++seed) {
        const story s = random_story(seed, 400);
        std::map<std::pair<std::string, std::string>, std::pair<std::uint64_t, std::uint32_t>>
            counts;
        const auto key_of = [](const auto& message, const auto& mailbox) {
            return std::pair(std::string(message.text), std::string(mailbox.key()));
        };
        for (const auto& [time, fact] : s.log) {
            const attempt_state* attempt = s.ledger.find_attempt(fact.id);
            if (!attempt || !attempt->granted_once || !discloses(*attempt))
                continue;
            auto& [reads, open] =
                counts[key_of(attempt->attempted.message, attempt->attempted.recipient)];
            reads += attempt->closed && attempt->bytes > 0 ? 1 : 0;
            open += attempt->closed ? 0 : 1;
        }
        s.ledger.for_each_message([&](const message_state& message) {
            for (const recipient_state& r : message.recipients) {
                const auto [reads, open] =
                    counts[key_of(message.accepted.message, r.accepted.mailbox)];
                EXPECT_EQ(r.reads, reads);
                EXPECT_EQ(r.may_have_read, open > 0);
                EXPECT_EQ(r.first_read_at.has_value(), reads > 0);
            }
            return true;
        });
    }
}

TEST(ledger_property, no_challenge_opens_twice_or_after_five_tries)
{
    for (unsigned seed = 300; seed < 340; ++seed) {
        const story s = random_story(seed, 600);
        std::map<std::string, int> opened;
        std::map<std::string, int> tries;
        for (const auto& [time, fact] : s.log) {
            const auto* tried = std::get_if<passcode_tried>(&fact.body);
            const auto verdict = s.ledger.passcode_try(fact.id);
            ASSERT_EQ(tried != nullptr, verdict.has_value());
            if (!tried || *verdict == passcode_verdict::unknown)
                continue;
            ++tries[tried->challenge.text];
            if (*verdict != passcode_verdict::opened)
                continue;
            EXPECT_TRUE(tried->right);
            EXPECT_EQ(++opened[tried->challenge.text], 1);
            EXPECT_LE(tries[tried->challenge.text], 5);
        }
    }
}

} // namespace
} // namespace mail
