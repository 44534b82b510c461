#include "portal/passcodes.hpp"

#include "bus/errc.hpp"
#include "encryptor/sealed_stream.hpp"
#include "encryptor/wrapper_mail.hpp"
#include "mail/date.hpp"
#include "portal/fresh_values.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace portal {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

std::vector<std::string> sealed(
    const encryptor::secret& key, const std::string& content, std::string_view plain)
{
    encryptor::stream_sealer sealer{key, content};
    std::vector<std::string> chunks = sealer.push(plain);
    chunks.push_back(sealer.finish());
    return chunks;
}

mail::mail_submitted submission(const std::string& content, const mail::passcode_issued& issued)
{
    mail::mail_submitted submitted;
    submitted.kind = mail::submission_kind::passcode;
    submitted.content = mail::content_id{content};
    submitted.in_answer_to = issued.message.text;
    submitted.recipients = {issued.recipient};
    submitted.valid_seconds = passcode_valid_seconds;
    return submitted;
}

/// What lets the gateway open this one mail: bound to the event that names it.
bus::key_slot gateway_slot(
    const std::string& gateway_public,
    const encryptor::secret& content_key,
    const std::string& content,
    const mail::event_id& submitted,
    const mail::address& recipient)
{
    const encryptor::gateway_secret held{
        encryptor::gateway_secret::kind::content_key, content_key.clone()};
    encryptor::slot_binding binding;
    binding.message = submitted.text;
    binding.recipient = recipient.key();
    binding.content = content;
    bus::key_slot slot;
    slot.content = content;
    slot.name = encryptor::gateway_slot_name(recipient.key());
    slot.sealed = encryptor::seal_gateway_slot(gateway_public, held, binding);
    return slot;
}

} // namespace

asio::awaitable<issued_passcode> passcode_desk::issue(const mail::link_target& link)
{
    issued_passcode result;
    const mail::ledger& ledger = bus_.ledger();
    const mail::bus_time now = std::max(ledger.time(), time_.wall());
    result.how = issued_passcode::outcome::too_many;
    if (ledger.passcodes_issued(link.recipient, now) >= mail::ledger::passcodes_in_a_window) {
        co_return result; // known already: nothing is appended
    }
    const std::string code = fresh_passcode();
    const mail::passcode_issued issued = passcode_for(link, code);
    bus::append_batch batch =
        batch_of(mail::event{mail::event_id{fresh_uuid()}, self_.source, issued});
    error_code error = co_await bus_.append_and_apply(std::move(batch));
    if (!error && ledger.find_challenge(issued.challenge) == nullptr) {
        co_return result; // others came first
    }
    if (!error) {
        error = co_await submit_mail(issued, code);
    }
    result.how = error ? issued_passcode::outcome::unconfirmed : issued_passcode::outcome::issued;
    result.challenge = issued.challenge;
    co_return result;
}

mail::passcode_issued passcode_desk::passcode_for(
    const mail::link_target& link, const std::string& code) const
{
    mail::passcode_issued issued;
    issued.challenge = mail::challenge_id{fresh_uuid()};
    issued.message = link.message;
    issued.recipient = link.recipient;
    issued.valid_seconds = passcode_valid_seconds;
    issued.reference = fresh_reference();
    issued.code_hash = code_hash(secrets_.passcode_key.view(), issued.challenge, code);
    return issued;
}

asio::awaitable<error_code> passcode_desk::submit_mail(
    mail::passcode_issued issued, std::string code)
{
    const std::string content = fresh_content_id();
    const encryptor::secret content_key = encryptor::secret::random(32);
    const std::vector<std::string> chunks =
        sealed(content_key, content, passcode_mail_for(issued, code));
    const error_code not_put = co_await put(content, chunks);
    if (not_put) {
        co_return not_put;
    }
    const mail::event fact{mail::event_id{fresh_uuid()}, self_.source, submission(content, issued)};
    bus::append_batch batch = batch_of(fact);
    batch.slots = {
        gateway_slot(secrets_.gateway_box_public, content_key, content, fact.id, issued.recipient)};
    batch.contents = {content};
    const error_code error = co_await bus_.append(std::move(batch));
    if (error && error != bus::errc::unknown_outcome) {
        co_await bus_.discard(content);
    }
    co_return error;
}

std::string passcode_desk::passcode_mail_for(
    const mail::passcode_issued& issued, const std::string& code) const
{
    encryptor::passcode_mail values;
    values.from = self_.no_reply;
    values.recipient = issued.recipient;
    values.organisation = bus_.ledger().organisation().name;
    if (values.organisation.empty()) {
        values.organisation = std::string{self_.no_reply.domain()};
    }
    values.code = code;
    values.reference = issued.reference;
    values.valid_minutes = passcode_valid_seconds / 60;
    values.message_id = '<' + fresh_uuid() + '@' + std::string{self_.no_reply.domain()} + '>';
    values.date = mail::rfc5322_date(time_.wall());
    return encryptor::make_passcode_mail(values);
}

asio::awaitable<error_code> passcode_desk::put(
    const std::string& content, const std::vector<std::string>& chunks)
{
    error_code error;
    for (std::uint32_t index = 0; index < chunks.size() && !error; ++index) {
        error = co_await bus_.put_chunk(content, index, chunks[index]);
    }
    if (error) {
        co_await bus_.discard(content);
    }
    co_return error;
}

asio::awaitable<tried_passcode> passcode_desk::try_code(
    const mail::link_target& link, mail::challenge_id challenge, std::string code)
{
    tried_passcode result;
    const mail::ledger& ledger = bus_.ledger();
    const mail::challenge_state* state = ledger.find_challenge(challenge);
    const mail::bus_time now = std::max(ledger.time(), time_.wall());
    const sign_in_outcome before = before_try(state, link, code, now);
    if (before != sign_in_outcome::opened) {
        result.outcome = before;
        result.tries_left = state != nullptr ? tries_left(*state) : 0;
        co_return result;
    }
    result = co_await append_try(*state, std::move(code));
    co_return result;
}

/// `challenge` is looked at before the first co_await only.
asio::awaitable<tried_passcode> passcode_desk::append_try(
    const mail::challenge_state& challenge, std::string code)
{
    tried_passcode result;
    const mail::challenge_id id = challenge.issued.challenge;
    result.cookie = fresh_cookie();
    mail::passcode_tried tried;
    tried.challenge = id;
    tried.right = code_is_right(secrets_.passcode_key.view(), challenge.issued, code);
    tried.session = mail::session_hash{hash_of_cookie(result.cookie)};
    const mail::event fact{mail::event_id{fresh_uuid()}, self_.source, tried};
    bus::append_batch batch = batch_of(fact);
    const error_code error = co_await bus_.append_and_apply(std::move(batch));
    if (error) {
        co_return result;
    }
    const std::optional<mail::passcode_verdict> verdict = bus_.ledger().passcode_try(fact.id);
    if (!verdict) {
        co_return result;
    }
    result.outcome = after_try(*verdict);
    const mail::challenge_state* now = bus_.ledger().find_challenge(id);
    result.tries_left = now != nullptr ? tries_left(*now) : 0;
    co_return result;
}

} // namespace portal
