#pragma once

#include "mail/events.hpp"

#include <concepts>
#include <type_traits>

/// Every event's fields, said once: the JSON writer, the JSON reader and the ledger's digest all
/// walk through `describe`, so that none can forget a field. What `fields` offers:
///   id        an identifier, never empty          address    a mailbox, never null
///   text      any text, may be empty              sender     a mailbox or null
///   choice    an enumeration                      addresses  mailboxes, may be none
///   flag      true or false                       list       structs with fields of their own, may
///   be none mark      a flag that is usually false        object     a struct that may be absent
///   count     a whole number from 0               seconds    a duration from 0
///   moment    a bus time that may be absent       milliseconds  a duration from 0
namespace mail {

/// What a ledger keeps of a `Kind`, under the same names; `Kind` itself when there is nothing else.
template <class Kind>
struct kept_form {
    using type = Kind;
};
template <>
struct kept_form<accepted_recipient> {
    using type = struct kept_recipient;
};
template <>
struct kept_form<message_accepted> {
    using type = struct kept_message;
};
template <>
struct kept_form<passcode_issued> {
    using type = struct kept_passcode;
};
template <>
struct kept_form<access_attempted> {
    using type = struct kept_access;
};
template <>
struct kept_form<mail_submitted> {
    using type = struct kept_submission;
};
template <>
struct kept_form<message_revoked> {
    using type = struct kept_revoke;
};

/// `Value` is `Kind` or what is kept of it, const or not.
template <class Value, class Kind>
concept of = std::same_as<std::remove_const_t<Value>, Kind> ||
             std::same_as<std::remove_const_t<Value>, typename kept_form<Kind>::type>;

template <class Fields, of<accepted_recipient> Body>
void describe(Fields& fields, Body& body)
{
    fields.address("address", body.mailbox);
    fields.choice("identity", body.identity);
    fields.choice("client", body.client);
    fields.choice("delivery", body.delivery);
    fields.flag("revocable", body.revocable);
    fields.text("rule", body.rule);
    fields.text("reason", body.reason);
    fields.text("locator", body.link.text);
}

template <class Fields, of<message_accepted> Body>
void describe(Fields& fields, Body& body)
{
    fields.id("message", body.message.text);
    fields.text("message_id", body.message_id.text);
    fields.sender("sender", body.sender);
    fields.text("subject", body.subject);
    fields.count("size", body.size);
    fields.id("content", body.content.text);
    fields.text("protection", body.protection);
    fields.text("template", body.template_name);
    fields.seconds("expiry_seconds", body.expiry_seconds);
    if constexpr (requires { body.recipients; })
        fields.list("recipients", body.recipients);
}

template <class Fields, of<delivery_attempted> Body>
void describe(Fields& fields, Body& body)
{
    fields.id("message", body.message);
    fields.address("recipient", body.recipient);
    fields.choice("outcome", body.outcome);
    fields.text("smtp_reply", body.smtp_reply);
    fields.moment("next_attempt", body.next_attempt);
    fields.mark("failure_notice", body.failure_notice);
}

template <class Fields, of<passcode_issued> Body>
void describe(Fields& fields, Body& body)
{
    fields.id("challenge", body.challenge.text);
    fields.id("message", body.message.text);
    fields.address("recipient", body.recipient);
    fields.seconds("valid_seconds", body.valid_seconds);
    fields.text("reference", body.reference);
    fields.text("code_hash", body.code_hash);
}

template <class Fields, of<passcode_tried> Body>
void describe(Fields& fields, Body& body)
{
    fields.id("challenge", body.challenge.text);
    fields.flag("right", body.right);
    fields.text("session", body.session.text);
}

template <class Fields, of<access_attempted> Body>
void describe(Fields& fields, Body& body)
{
    fields.id("message", body.message.text);
    fields.address("recipient", body.recipient);
    fields.id("session", body.session.text);
    fields.text("portal", body.portal);
    fields.choice("what", body.what);
    fields.text("item", body.item);
    fields.choice("method", body.method);
}

template <class Fields, of<access_renewed> Body>
void describe(Fields& fields, Body& body)
{
    fields.id("attempt", body.attempt.text);
}

template <class Fields, of<access_closed> Body>
void describe(Fields& fields, Body& body)
{
    fields.id("attempt", body.attempt.text);
    fields.count("bytes", body.bytes);
    fields.text("ending", body.ending);
}

template <class Fields, of<session_ended> Body>
void describe(Fields& fields, Body& body)
{
    fields.id("session", body.session.text);
}

template <class Fields, of<mail_submitted> Body>
void describe(Fields& fields, Body& body)
{
    fields.choice("kind", body.kind);
    fields.id("content", body.content.text);
    fields.text("in_answer_to", body.in_answer_to);
    if constexpr (requires { body.recipients; })
        fields.addresses("recipients", body.recipients);
    fields.seconds("valid_seconds", body.valid_seconds);
}

template <class Fields, class Body>
    requires of<Body, message_revoked> || of<Body, message_restored>
void describe(Fields& fields, Body& body)
{
    fields.id("message", body.message.text);
    fields.addresses("recipients", body.recipients);
    fields.text("actor", body.actor);
    fields.choice("role", body.role);
    fields.text("reason", body.reason);
    fields.text("note", body.note);
}

template <class Fields, of<revocation_enforced> Body>
void describe(Fields& fields, Body& body)
{
    fields.id("message", body.message.text);
    fields.count("revoke_seq", body.revoke_seq);
    fields.milliseconds("milliseconds", body.milliseconds);
    fields.count("grants_ended", body.grants_ended);
    fields.addresses("read_before", body.read_before);
}

template <class Fields, of<organisation_entry> Body>
void describe(Fields& fields, Body& body)
{
    fields.text("name", body.name);
    fields.flag("force_link", body.force_link);
    fields.seconds("expiry_seconds", body.expiry_seconds);
}

template <class Fields, of<domain_entry> Body>
void describe(Fields& fields, Body& body)
{
    fields.id("domain", body.domain);
    fields.choice("identity", body.identity);
    fields.choice("client", body.client);
    fields.mark("removed", body.removed);
}

template <class Fields, of<recipient_entry> Body>
void describe(Fields& fields, Body& body)
{
    fields.address("address", body.mailbox);
    fields.choice("identity", body.identity);
    fields.choice("client", body.client);
    fields.text("certificate", body.certificate);
    fields.mark("reads_gcm", body.reads_gcm);
    fields.mark("removed", body.removed);
}

template <class Fields, of<directory_changed> Body>
void describe(Fields& fields, Body& body)
{
    fields.object("organisation", body.organisation);
    fields.list("domains", body.domains);
    fields.list("recipients", body.recipients);
    fields.text("actor", body.actor);
}

} // namespace mail
