#pragma once

#include "mail/event_fields.hpp"
#include "mail/ledger_records.hpp"

/// Every record's fields, said once: for a ledger's digest, for a snapshot, for reading one, and
/// for keeping the texts. What `fields` offers stands in event_fields.
namespace mail {

template <class Fields>
void describe_copy(Fields& fields, auto& state)
{
    fields.choice("status", state.status);
    fields.count("attempts", state.attempts);
    fields.milliseconds("next_attempt", state.next_attempt);
    fields.text("smtp_reply", state.smtp_reply);
}

template <class Fields, of<recipient_state> State>
void describe(Fields& fields, State& state)
{
    describe(fields, state.accepted);
    describe_copy(fields, state);
    fields.flag("failure_notice_sent", state.failure_notice_sent);
    fields.flag("revoked", state.revoked);
    fields.text("note", state.note);
    fields.count("reads", state.reads);
    fields.moment("first_read_at", state.first_read_at);
    fields.flag("may_have_read", state.may_have_read);
    fields.count("open_reads", state.open_reads);
}

template <class Fields, of<message_state> State>
void describe(Fields& fields, State& state)
{
    describe(fields, state.accepted);
    fields.count("seq", state.seq);
    fields.milliseconds("time", state.time);
    fields.list("recipients", state.recipients);
}

template <class Fields, of<submitted_copy> State>
void describe(Fields& fields, State& state)
{
    fields.address("mailbox", state.mailbox);
    describe_copy(fields, state);
}

template <class Fields, of<submission_state> State>
void describe(Fields& fields, State& state)
{
    fields.id("id", state.id.text);
    describe(fields, state.submitted);
    fields.milliseconds("time", state.time);
    fields.list("recipients", state.recipients);
}

template <class Fields, of<attempt_state> State>
void describe(Fields& fields, State& state)
{
    describe(fields, state.attempted);
    fields.count("seq", state.seq);
    fields.milliseconds("time", state.time);
    fields.count("first_seq", state.first_seq);
    fields.milliseconds("first_time", state.first_time);
    fields.choice("verdict", state.verdict);
    fields.flag("granted_once", state.granted_once);
    fields.flag("closed", state.closed);
    fields.count("bytes", state.bytes);
}

template <class Fields, of<challenge_state> State>
void describe(Fields& fields, State& state)
{
    describe(fields, state.issued);
    fields.milliseconds("time", state.time);
    fields.count("tries", state.tries);
    fields.flag("used", state.used);
}

template <class Fields, of<session_state> State>
void describe(Fields& fields, State& state)
{
    fields.address("mailbox", state.mailbox);
    fields.milliseconds("opened", state.opened);
    fields.flag("ended", state.ended);
}

template <class Fields, of<revoke_state> State>
void describe(Fields& fields, State& state)
{
    fields.count("seq", state.seq);
    describe(fields, state.revoked);
    fields.flag("enforced", state.enforced);
}

} // namespace mail
