#pragma once

#include "bus/chain.hpp"
#include "bus/event.hpp"
#include "mail/event_json.hpp"
#include "tests/mail/story.hpp"

#include <string>
#include <vector>

namespace cli_test {

/// The story as a bus would hold it.
inline std::vector<bus::stored_event> stored(const mail::test::story& story)
{
    std::vector<bus::stored_event> log;
    for (const auto& [time, fact] : story.log) {
        bus::stored_event event;
        event.id = fact.id.text;
        event.type = mail::type_of(fact);
        event.payload = mail::to_json(fact);
        event.seq = log.size() + 1;
        event.time = time;
        if (!log.empty())
            event.prev = log.back().own;
        event.own =
            bus::chain_hash(event.prev, event.seq, event.time, event.id, event.type, event.payload);
        log.push_back(event);
    }
    return log;
}

/// Something of everything: two messages, passcodes right and wrong, reads, a revoke and a restore.
inline mail::test::story eventful_story()
{
    using mail::test::mailbox;
    mail::test::story story;
    mail::directory_changed directory;
    directory.organisation = mail::organisation_entry{"Canary Organisation", false, 3600};
    directory.domains.push_back(
        {"canary-domain.com", mail::identity_type::google, mail::client_type::other, false});
    directory.recipients.push_back(
        {mailbox("canary.carol@canary-domain.com"),
         mail::identity_type::office365,
         mail::client_type::outlook,
         "-----BEGIN CERTIFICATE-----\ncanarycertificate\n-----END CERTIFICATE-----\n",
         true,
         false});
    directory.actor = "canary-administrator";
    story.tell(directory);
    story.accept(
        {"Canary.Carol@canary-domain.com", "dave@canary-other.org"},
        {"olga@canary-other.org"},
        3600);
    mail::message_accepted second;
    second.message.text = "0190a000-0000-7000-8000-000000000002";
    second.message_id.text = "<canary-header@canary-host.com>";
    second.subject = "canary subject, größer";
    second.content.text = "ffeeddccbbaa99887766554433221100";
    second.recipients = {
        mail::test::story::recipient("canary.carol@canary-domain.com", mail::delivery_mode::link)};
    second.recipients[0].rule = "canary rule";
    second.recipients[0].reason = "canary reason";
    second.recipients[0].link.text = std::string(64, 'c');
    story.tell(second);
    story.deliver("dave@canary-other.org", mail::delivery_outcome::deferred);
    story.deliver("canary.carol@canary-domain.com");
    story.issue("canary.carol@canary-domain.com", "challenge-1");
    story.try_code("challenge-1", true, "session-1");
    const mail::event_id read = story.attempt("canary.carol@canary-domain.com", "session-1");
    story.tell(mail::access_renewed{read});
    story.close(read, 900);
    story.issue("dave@canary-other.org", "challenge-2");
    story.try_code("challenge-2", false);
    story.attempt("dave@canary-other.org", "session-2");
    mail::delivery_attempted refused{
        second.message.text,
        mailbox("canary.carol@canary-domain.com"),
        mail::delivery_outcome::failed,
        "550 5.1.1 <canary.carol@canary-domain.com> unknown at canary-host.com",
        {}};
    story.tell(refused);
    story.revoke({"canary.carol@canary-domain.com"}, "canary note");
    story.attempt("canary.carol@canary-domain.com", "session-1");
    story.restore();
    story.attempt("CANARY.CAROL@canary-domain.com", "session-1", mail::access_kind::attachment);
    story.tell(mail::session_ended{{"session-1"}});
    story.attempt("canary.carol@canary-domain.com", "session-1");
    story.tell(mail::mail_submitted{
        mail::submission_kind::passcode,
        {"00000000000000000000000000000000"},
        second.message.text,
        {mailbox("canary.carol@canary-domain.com")},
        900});
    story.wait(4000);
    story.attempt("dave@canary-other.org", "session-2");
    story.tell(mail::unknown_event{"sealpost.later.happened"});
    return story;
}

} // namespace cli_test
