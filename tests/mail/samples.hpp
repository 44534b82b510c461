#pragma once

#include "tests/mail/story.hpp"

#include <string>
#include <vector>

namespace mail::test {

/// One event of every type, every field with a value of its own.
inline std::vector<event> one_of_each()
{
    const std::string message = first_message.text;
    std::vector<event> events;
    const auto add = [&events](event_body body) {
        events.push_back({{"id-" + std::to_string(events.size())}, "/gateway", std::move(body)});
    };

    message_accepted accepted;
    accepted.message = first_message;
    accepted.message_id.text = "<a\"b\\c@example.com>";
    accepted.sender = mailbox("alice@example.com");
    accepted.subject = "Grüße \xF0\x9F\x92\x8C \x01\n\"quoted\"";
    accepted.size = 18'446'744'073'709'551'615ULL;
    accepted.content.text = "00112233445566778899aabbccddeeff";
    accepted.protection = "Do Not Forward";
    accepted.template_name = "Blue";
    accepted.expiry_seconds = 604'800;
    accepted.recipients.push_back(story::recipient("bob@gmail.com", delivery_mode::link));
    accepted.recipients.push_back(story::recipient("carol@office.example", delivery_mode::in_line));
    add(accepted);
    add(delivery_attempted{
        message,
        mailbox("bob@gmail.com"),
        delivery_outcome::deferred,
        "450 4.2.0 busy",
        9'007'199'254'740'993,
        false});
    add(delivery_attempted{
        message, mailbox("bob@gmail.com"), delivery_outcome::failed, "550 no", {}, true});
    add(passcode_issued{
        {"c1"}, first_message, mailbox("bob@gmail.com"), 600, "AB12", std::string(64, 'f')});
    add(passcode_tried{{"c1"}, true, {std::string(64, 'a')}});
    add(passcode_tried{{"c1"}, false, {}});
    add(access_attempted{
        first_message,
        mailbox("bob@gmail.com"),
        {"s"},
        "portal-1",
        access_kind::attachment,
        "2",
        {}});
    add(access_renewed{{"id-6"}});
    add(access_closed{{"id-6"}, 123, "grant ended"});
    add(session_ended{{"s"}});
    add(mail_submitted{
        submission_kind::notice,
        {"beef"},
        message,
        {mailbox("bob@gmail.com"), mailbox("x@y.example")},
        900});
    add(message_revoked{
        first_message, {mailbox("bob@gmail.com")}, "root", role::administrator, "why", "note"});
    add(message_restored{first_message, {}, "root", role::sender, "why not", ""});
    add(revocation_enforced{first_message, 12, 34, 56, {mailbox("bob@gmail.com")}});
    add(directory_changed{
        organisation_entry{"Contoso", true, 60},
        {{"gmail.com", identity_type::google, client_type::other, false},
         {"old.example", identity_type::other, client_type::other, true}},
        {{mailbox("dan@outlook.com"),
          identity_type::microsoft_account,
          client_type::outlook,
          "PEM",
          true,
          false},
         {mailbox("eve@outlook.com"), identity_type::yahoo, client_type::other, "", false, true}},
        "root"});
    return events;
}

} // namespace mail::test
