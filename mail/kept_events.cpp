#include "mail/kept_events.hpp"

namespace mail {

kept_recipient kept(const accepted_recipient& fact)
{
    return {
        kept_address(fact.mailbox),
        kept_id(fact.link),
        fact.rule,
        fact.reason,
        fact.identity,
        fact.client,
        fact.delivery,
        fact.revocable};
}

kept_message kept(const message_accepted& fact)
{
    return {
        kept_id(fact.message),
        kept_id(fact.message_id),
        kept_address(fact.sender),
        fact.subject,
        fact.size,
        kept_id(fact.content),
        fact.protection,
        fact.template_name,
        fact.expiry_seconds};
}

kept_passcode kept(const passcode_issued& fact)
{
    return {
        kept_id(fact.challenge),
        kept_id(fact.message),
        kept_address(fact.recipient),
        fact.valid_seconds,
        fact.reference,
        fact.code_hash};
}

kept_access kept(const access_attempted& fact)
{
    return {
        kept_id(fact.message),
        kept_address(fact.recipient),
        kept_id(fact.session),
        fact.portal,
        fact.item,
        fact.what,
        fact.method};
}

kept_submission kept(const mail_submitted& fact)
{
    return {kept_id(fact.content), fact.in_answer_to, fact.valid_seconds, fact.kind};
}

kept_revoke kept(const message_revoked& fact)
{
    kept_revoke result{kept_id(fact.message), {}, fact.actor, fact.reason, fact.note, fact.role};
    result.recipients.reserve(fact.recipients.size());
    for (const address& mailbox : fact.recipients)
        result.recipients.emplace_back(mailbox);
    return result;
}

} // namespace mail
