#include "revocation/admin_json.hpp"

#include "mail/date.hpp"
#include "mail/event_json.hpp"

#include <nlohmann/json.hpp>

namespace revocation {

namespace {

using json = nlohmann::ordered_json;

std::string dump(const json& value)
{
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json optional_time(const std::optional<mail::bus_time>& time)
{
    return time ? json(mail::iso8601_utc(*time)) : json();
}

template <class Address>
json addresses(const std::vector<Address>& mailboxes)
{
    json list = json::array();
    for (const Address& each : mailboxes)
        list.push_back(each.text());
    return list;
}

json reasons(const std::vector<not_revocable_recipient>& recipients)
{
    json list = json::array();
    for (const not_revocable_recipient& each : recipients)
        list.push_back({{"address", each.mailbox.text()}, {"reason", each.reason}});
    return list;
}

json recipient(const mail::recipient_state& state)
{
    const mail::kept_recipient& accepted = state.accepted;
    const auto retry = state.status == mail::delivery_status::deferred
                           ? std::optional{state.next_attempt}
                           : std::nullopt;
    return {
        {"address", accepted.mailbox.text()},
        {"identity", mail::to_text(accepted.identity)},
        {"client", mail::to_text(accepted.client)},
        {"delivery", mail::to_text(accepted.delivery)},
        {"revocable", accepted.revocable},
        {"rule", accepted.rule},
        {"reason", accepted.reason},
        {"delivery_status", mail::to_text(state.status)},
        {"attempts", state.attempts},
        {"next_attempt_at", optional_time(retry)},
        {"smtp_reply", state.smtp_reply},
        {"revoked", state.revoked},
        {"first_read_at", optional_time(state.first_read_at)},
        {"reads", state.reads},
        {"may_have_read", state.may_have_read}};
}

json latest_revoke(const std::optional<mail::revoke_state>& latest)
{
    if (!latest)
        return {};
    return {
        {"seq", latest->seq},
        {"actor", latest->revoked.actor},
        {"role", mail::to_text(latest->revoked.role)},
        {"recipients", addresses(latest->revoked.recipients)},
        {"reason", latest->revoked.reason},
        {"note", latest->revoked.note},
        {"enforced", latest->enforced}};
}

json message_object(const mail::ledger& ledger, const mail::message_state& message)
{
    const mail::kept_message& accepted = message.accepted;
    json recipients = json::array();
    for (const mail::recipient_state& each : message.recipients)
        recipients.push_back(recipient(each));
    const bool revoked = message.is_revoked();
    return {
        {"network_message_id", accepted.message.text},
        {"message_id", accepted.message_id.text},
        {"subject", accepted.subject},
        {"sender", accepted.sender.text()},
        {"accepted_at", mail::iso8601_utc(message.time)},
        {"seq", message.seq},
        {"size", accepted.size},
        {"protection", accepted.protection},
        {"expires_at", optional_time(message.expires_at())},
        {"is_revocable", message.is_revocable()},
        {"revoked", revoked},
        {"status_text", revoked ? json(revoked_text(accepted)) : json()},
        {"revoke", latest_revoke(ledger.latest_revoke(accepted.message))},
        {"recipients", std::move(recipients)}};
}

std::string_view title(unsigned status)
{
    switch (status) {
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 409:
        return "Conflict";
    case 422:
        return "Unprocessable Content";
    case 503:
        return "Service Unavailable";
    default:
        return "Error";
    }
}

} // namespace

std::string to_json(const access_answer& answer)
{
    return dump(
        {{"seq", answer.seq ? json(*answer.seq) : json()},
         {"in_force", true},
         {"changed", answer.changed},
         {"milliseconds", answer.milliseconds},
         {"read_before", addresses(answer.read_before)},
         {"not_revocable", reasons(answer.not_revocable)}});
}

std::string message_json(const mail::ledger& ledger, const mail::message_state& message)
{
    return dump(message_object(ledger, message));
}

std::string messages_json(const mail::ledger& ledger, const found_messages& found)
{
    json list = json::array();
    for (const mail::message_state* each : found.messages)
        list.push_back(message_object(ledger, *each));
    const json next = found.next ? json(std::to_string(*found.next)) : json();
    return dump({{"messages", std::move(list)}, {"next", next}});
}

std::string trace_json(const mail::message_state& message, const std::vector<trace_row>& rows)
{
    json list = json::array();
    for (const trace_row& row : rows)
        list.push_back(
            {{"time", mail::iso8601_utc(row.time)},
             {"seq", row.seq},
             {"event", row.event},
             {"recipient", row.recipient},
             {"detail", row.detail}});
    return dump(
        {{"network_message_id", message.accepted.message.text},
         {"message_id", message.accepted.message_id.text},
         {"subject", message.accepted.subject},
         {"sender", message.accepted.sender.text()},
         {"events", std::move(list)}});
}

std::string to_json(const problem& refusal)
{
    json body{
        {"type", "about:blank"},
        {"title", title(refusal.status)},
        {"status", refusal.status},
        {"detail", refusal.detail}};
    for (const input_fault& each : refusal.faults)
        body["errors"].push_back({{"path", each.path}, {"problem", each.problem}});
    if (!refusal.not_revocable.empty())
        body["not_revocable"] = reasons(refusal.not_revocable);
    if (!refusal.unknown_recipients.empty())
        body["unknown_recipients"] = addresses(refusal.unknown_recipients);
    for (const mail::network_message_id& each : refusal.network_ids)
        body["network_message_ids"].push_back(each.text);
    if (refusal.seq)
        body["seq"] = *refusal.seq;
    return dump(body);
}

} // namespace revocation
