#include "tests/bench/generated_log.hpp"

#include <array>
#include <utility>
#include <variant>

namespace bench {
namespace {

constexpr std::size_t mails_at_once = 64;

constexpr std::array<std::string_view, 8> words{
    "quarterly", "invoice", "contract", "numbers", "meeting", "Grüße", "offer", "confidential"};

mail::address address_of(const std::string& text)
{
    return mail::address::parse(text).value();
}

} // namespace

generated_log::generated_log(log_habits habits, unsigned seed, std::uint64_t after)
    : habits_(std::move(habits)), dice_(seed), under_way_(mails_at_once), seq_(after)
{
    mail::directory_changed directory;
    directory.organisation = mail::organisation_entry{"Contoso", false, 604'800};
    directory.domains.push_back(
        {"gmail.com", mail::identity_type::google, mail::client_type::other, false});
    directory.actor = "administrator";
    tell(under_way_.front(), "/revocation", directory);
    for (story& mail : under_way_) {
        if (mail.ahead.empty())
            mail = new_story();
    }
}

generated_log::entry generated_log::next()
{
    story& mail =
        std::exchange(begun_, true) ? under_way_[below(under_way_.size())] : under_way_.front();
    entry result{time_, std::move(mail.ahead.front())};
    mail.ahead.pop_front();
    ++seq_;
    time_ += static_cast<mail::bus_time>(below(20));
    if (std::holds_alternative<mail::message_revoked>(result.fact.body))
        mail.revoke_seq = seq_;
    else if (auto* enforced = std::get_if<mail::revocation_enforced>(&result.fact.body))
        enforced->revoke_seq = mail.revoke_seq;
    else if (std::holds_alternative<mail::message_accepted>(result.fact.body))
        ++messages_;
    if (mail.ahead.empty())
        mail = new_story();
    return result;
}

std::size_t generated_log::below(std::size_t bound)
{
    return static_cast<std::size_t>(dice_() % bound);
}

std::string generated_log::digits(std::size_t count)
{
    std::string text(count, '0');
    for (char& digit : text)
        digit = "0123456789abcdef"[dice_() & 15];
    return text;
}

std::string generated_log::uuid()
{
    return digits(8) + '-' + digits(4) + "-7" + digits(3) + "-8" + digits(3) + '-' + digits(12);
}

mail::address generated_log::mailbox()
{
    const std::size_t number = habits_.mailboxes ? below(habits_.mailboxes) : below(1U << 30);
    return address_of("recipient." + std::to_string(number) + "@gmail.com");
}

void generated_log::tell(story& mail, std::string_view source, mail::event_body body)
{
    mail.ahead.push_back({{id()}, std::string(source), std::move(body)});
}

generated_log::story generated_log::new_story()
{
    story mail;
    const mail::message_accepted fact = accepted();
    tell(mail, "/gateway", fact);
    for (const mail::accepted_recipient& each : fact.recipients) {
        delivered(mail, fact.message.text, each.mailbox);
        if (each.delivery != mail::delivery_mode::link || !happens(habits_.reads))
            continue;
        const mail::session_hash session{digits(64)};
        signed_in(mail, fact.message, each.mailbox, session);
        read(mail, fact.message, each.mailbox, session);
    }
    if (happens(habits_.revoked))
        revoked(mail, fact.message);
    return mail;
}

mail::message_accepted generated_log::accepted()
{
    mail::message_accepted fact;
    fact.message.text = uuid();
    fact.message_id.text = '<' + uuid() + "@contoso.com>";
    fact.sender = address_of("sender." + std::to_string(below(500)) + "@contoso.com");
    fact.subject = std::string(words[below(words.size())]) + ' ' +
                   std::string(words[below(words.size())]) + ' ' + std::to_string(below(100'000));
    fact.size = 2000 + below(200'000);
    fact.content.text = digits(32);
    fact.expiry_seconds = 604'800;
    std::discrete_distribution<std::size_t> count(
        habits_.recipients.begin(), habits_.recipients.end());
    for (std::size_t left = count(dice_) + 1; left > 0; --left)
        fact.recipients.push_back(recipient());
    return fact;
}

mail::accepted_recipient generated_log::recipient()
{
    mail::accepted_recipient result;
    result.mailbox = mailbox();
    result.rule = "directory";
    if (happens(habits_.link)) {
        result.identity = mail::identity_type::google;
        result.client = mail::client_type::other;
        result.delivery = mail::delivery_mode::link;
        result.revocable = true;
        result.reason = "gmail.com addresses read in the portal";
        result.link.text = digits(64);
    } else {
        result.reason = "Office 365 identity in a supported Outlook client, certificate on file";
    }
    return result;
}

void generated_log::delivered(story& mail, const std::string& what, const mail::address& to)
{
    mail::delivery_attempted fact;
    fact.message = what;
    fact.recipient = to;
    if (happens(habits_.deferred)) {
        fact.outcome = mail::delivery_outcome::deferred;
        fact.smtp_reply = "450 4.2.0 mailbox busy";
        fact.next_attempt = time_ + 60'000;
        tell(mail, "/gateway", fact);
    }
    fact.outcome = mail::delivery_outcome::delivered;
    fact.next_attempt.reset();
    fact.smtp_reply = "250 2.0.0 Ok: queued as " + digits(12);
    tell(mail, "/gateway", fact);
}

void generated_log::signed_in(
    story& mail,
    const mail::network_message_id& message,
    const mail::address& reader,
    const mail::session_hash& session)
{
    const mail::challenge_id challenge{uuid()};
    tell(
        mail,
        "/portal/portal",
        mail::passcode_issued{challenge, message, reader, 900, digits(4), digits(64)});
    tell(
        mail,
        "/portal/portal",
        mail::mail_submitted{
            mail::submission_kind::passcode, {digits(32)}, message.text, {reader}, 900});
    delivered(mail, std::string(mail.ahead.back().id.text), reader);
    if (happens(0.1))
        tell(mail, "/portal/portal", mail::passcode_tried{challenge, false, session});
    tell(mail, "/portal/portal", mail::passcode_tried{challenge, true, session});
}

void generated_log::read(
    story& mail,
    const mail::network_message_id& message,
    const mail::address& reader,
    const mail::session_hash& session)
{
    const auto look = [&](mail::access_kind what, std::string item) {
        tell(
            mail,
            "/portal/portal",
            mail::access_attempted{message, reader, session, "portal", what, std::move(item), {}});
        const mail::event_id attempt = mail.ahead.back().id;
        if (happens(0.05))
            tell(mail, "/portal/portal", mail::access_renewed{attempt});
        tell(mail, "/portal/portal", mail::access_closed{attempt, below(100'000) + 1, "complete"});
    };
    look(mail::access_kind::view, {});
    if (happens(0.3))
        look(mail::access_kind::attachment, "0");
}

void generated_log::revoked(story& mail, const mail::network_message_id& message)
{
    const auto role = mail::role::administrator;
    tell(
        mail,
        "/revocation",
        mail::message_revoked{message, {}, "administrator", role, "wrong recipient", ""});
    tell(mail, "/revocation", mail::revocation_enforced{message, 0, 5, 0, {}});
    if (happens(0.3))
        tell(
            mail,
            "/revocation",
            mail::message_restored{message, {}, "administrator", role, "mistake", ""});
}

} // namespace bench
