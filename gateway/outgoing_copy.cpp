#include "gateway/outgoing_copy.hpp"

#include "encryptor/link_token.hpp"
#include "encryptor/wrapper_mail.hpp"
#include "gateway/bounce.hpp"
#include "gateway/copy_source.hpp"
#include "gateway/directory.hpp"
#include "gateway/fresh_id.hpp"
#include "mail/date.hpp"

#include <optional>
#include <utility>

namespace gateway {

namespace asio = boost::asio;
using mail::bus_time;
using action = outgoing_copy::action;

namespace {

outgoing_copy ended(outgoing_copy made, action wanted, std::string why)
{
    made.wanted = wanted;
    made.why = std::move(why);
    return made;
}

// "2026-12-24 10:00 UTC"
std::string for_people(bus_time time)
{
    const auto iso = mail::iso8601_utc(time);
    return iso.substr(0, 10) + " " + iso.substr(11, 5) + " UTC";
}

struct slot_answer {
    action wanted = action::send; ///< send: `held` is there
    std::string why;
    std::optional<encryptor::gateway_secret> held;
};

asio::awaitable<slot_answer> open_slot(const copy_materials& have, encryptor::slot_binding binding)
{
    const auto name = encryptor::gateway_slot_name(binding.recipient);
    const auto sealed = co_await have.log.get_slot(binding.content, name);
    slot_answer answer;
    if (sealed.error == bus::errc::not_found) {
        answer.wanted = action::fail;
        answer.why = "the key of this copy is no longer stored";
    } else if (sealed.error) {
        answer.wanted = action::wait;
        answer.why = sealed.error.message();
    } else {
        answer.held = encryptor::open_gateway_slot(sealed.value, have.gateway_box, binding);
        if (!answer.held) {
            answer.wanted = action::fail;
            answer.why = "the key of this copy does not open with the gateway's key";
        }
    }
    co_return answer;
}

} // namespace

asio::awaitable<outgoing_copy> copy_maker::make(queued_copy copy, bus_time now)
{
    switch (copy.kind) {
    case copy_kind::message:
        co_return co_await message_copy(std::move(copy), now);
    case copy_kind::submission:
        co_return co_await submission_copy(std::move(copy), now);
    case copy_kind::failure_notice:
        break;
    }
    co_return notice_copy(copy, now);
}

/// What the log says about a message's copy now; send: nothing stands against it.
outgoing_copy copy_maker::standing(const queued_copy& copy) const
{
    outgoing_copy made;
    const auto* message = have_.ledger.find(mail::network_message_id{copy.message});
    const auto* state = message ? message->find(copy.recipient) : nullptr;
    if (!state || is_final(state->status)) {
        return ended(std::move(made), action::forget, "");
    }
    made.sender = message->accepted.sender;
    made.recipient = copy.recipient;
    made.content = message->accepted.content.text;
    if (state->revoked) {
        return ended(std::move(made), action::withhold, "revoked before it was sent");
    }
    made.wanted = action::send;
    return made;
}

asio::awaitable<outgoing_copy> copy_maker::message_copy(queued_copy copy, bus_time now)
{
    auto made = standing(copy);
    if (made.wanted != action::send) {
        co_return made;
    }
    encryptor::slot_binding binding{copy.message, copy.recipient.key(), made.content};
    auto slot = co_await open_slot(have_, std::move(binding));
    if (slot.wanted != action::send) {
        co_return ended(std::move(made), slot.wanted, std::move(slot.why));
    }
    // While the slot was fetched the log may have gone on.
    made = standing(copy);
    if (made.wanted != action::send) {
        co_return made;
    }
    const auto& message = *have_.ledger.find(mail::network_message_id{copy.message});
    const bool link = message.find(copy.recipient)->accepted.delivery == mail::delivery_mode::link;
    using kind = encryptor::gateway_secret::kind;
    if (slot.held->what != (link ? kind::token : kind::content_key)) {
        co_return ended(std::move(made), action::fail, "the key of this copy is of another kind");
    }
    made = link ? link_copy(message, std::move(made), *slot.held)
                : inline_copy(std::move(made), *slot.held, now);
    if (made.wanted == action::send) {
        // A peer may keep us waiting for minutes before it takes anything.
        made.octets = while_wanted(
            std::move(made.octets), [this, copy] { return standing(copy).wanted == action::send; });
    }
    co_return made;
}

outgoing_copy copy_maker::link_copy(
    const mail::message_state& message,
    outgoing_copy made,
    const encryptor::gateway_secret& held) const
{
    const auto& accepted = message.accepted;
    encryptor::wrapper values;
    // A notice has no sender, and a wrapper needs a From.
    values.sender =
        accepted.sender.is_null()
            ? mail::address::parse("postmaster@" + have_.host_name).value_or(mail::address{})
            : accepted.sender;
    values.from = values.sender.text();
    values.recipient = made.recipient;
    values.subject = accepted.subject;
    values.message_id = accepted.message_id.text;
    values.date = mail::rfc5322_date(message.time);
    values.organisation = have_.ledger.organisation().name;
    values.link =
        have_.portal_url + "/m/" + encryptor::link_token::from_octets(held.octets.view()).text();
    if (const auto end = message.expires_at()) {
        values.expires = for_people(*end);
    }
    made.octets = whole_mail(encryptor::make_wrapper_mail(values));
    made.wanted = action::send;
    return made;
}

outgoing_copy copy_maker::inline_copy(
    outgoing_copy made, const encryptor::gateway_secret& held, bus_time now) const
{
    const auto known = look_up(have_.ledger, made.recipient);
    if (known.certificate.empty()) {
        return ended(
            std::move(made), action::fail, "the recipient's certificate is no longer on file");
    }
    if (const auto fault = certificate_fault(known.certificate, now / 1000); !fault.empty()) {
        return ended(
            std::move(made), action::fail, "the recipient's certificate cannot be used: " + fault);
    }
    const auto cipher = known.reads_gcm ? encryptor::content_cipher::aes_256_gcm
                                        : encryptor::content_cipher::aes_256_cbc;
    made.octets = sealed_inline(
        have_.log, made.content, held.octets, have_.signer, known.certificate, cipher);
    made.wanted = action::send;
    return made;
}

asio::awaitable<outgoing_copy> copy_maker::submission_copy(queued_copy copy, bus_time now)
{
    outgoing_copy made;
    const auto* submission = have_.ledger.find_submission(mail::event_id{copy.message});
    if (!submission) {
        co_return ended(std::move(made), action::forget, "");
    }
    made.recipient = copy.recipient;
    made.content = submission->submitted.content.text;
    const auto valid = submission->submitted.valid_seconds;
    if (valid > 0 && now > submission->time + valid * 1000) {
        co_return ended(std::move(made), action::fail, "too late");
    }
    encryptor::slot_binding binding{copy.message, copy.recipient.key(), made.content};
    auto slot = co_await open_slot(have_, std::move(binding));
    if (slot.wanted != action::send) {
        co_return ended(std::move(made), slot.wanted, std::move(slot.why));
    }
    if (slot.held->what != encryptor::gateway_secret::kind::content_key) {
        co_return ended(std::move(made), action::fail, "the key of this copy is of another kind");
    }
    made.octets = opened_content(have_.log, made.content, slot.held->octets);
    made.wanted = action::send;
    co_return made;
}

outgoing_copy copy_maker::notice_copy(const queued_copy& copy, bus_time now) const
{
    outgoing_copy made;
    const auto* message = have_.ledger.find(mail::network_message_id{copy.message});
    const auto* state = message ? message->find(copy.recipient) : nullptr;
    if (!state || state->failure_notice_sent) {
        return ended(std::move(made), action::forget, "");
    }
    failure_notice values;
    values.host_name = have_.host_name;
    values.notice_id = fresh_id(now);
    values.time = now;
    values.message = message->accepted.message;
    values.message_id = message->accepted.message_id;
    values.sender = message->accepted.sender;
    values.subject = message->accepted.subject;
    values.accepted = message->time;
    values.recipient = copy.recipient;
    values.reply = state->smtp_reply;
    made.recipient = message->accepted.sender;
    made.octets = whole_mail(make_failure_notice(values));
    made.wanted = action::send;
    return made;
}

} // namespace gateway
