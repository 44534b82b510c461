#include "portal/open_message.hpp"

#include "bus/errc.hpp"
#include "encryptor/sealed_stream.hpp"
#include "mail/mime_reader.hpp"
#include "service/log.hpp"

#include <utility>

namespace portal {

namespace asio = boost::asio;

namespace {

/// A slot or a chunk that the broker says it does not have is damage; everything else means "not
/// now".
opening::outcome outcome_of(const boost::system::error_code& error)
{
    return error == bus::errc::not_found ? opening::outcome::damaged
                                         : opening::outcome::unconfirmed;
}

} // namespace

asio::awaitable<opening> message_opener::open(
    const found_link& link, mail::session_hash session, mail::access_kind what, std::string item)
{
    opening result;
    auto held = std::make_shared<disclosure>(record_, time_, link.target);
    const std::optional<mail::access_verdict> verdict =
        co_await held->attempt(std::move(session), what, std::move(item));
    if (!verdict) {
        co_return result;
    }
    result.verdict = *verdict;
    if (*verdict != mail::access_verdict::granted) {
        result.how = opening::outcome::refused;
        co_return result;
    }
    result.held = std::move(held);
    co_await read(link, result);
    if (result.how != opening::outcome::opened) {
        result.held.reset();
        result.octets.clear();
    }
    if (result.how == opening::outcome::damaged) {
        note_damage(link, "content");
    }
    co_return result;
}

asio::awaitable<void> message_opener::read(const found_link& link, opening& into)
{
    const mail::message_state* message = bus_.ledger().find(link.target.message);
    if (message == nullptr) {
        into.how = opening::outcome::damaged;
        co_return;
    }
    const std::string content{message->accepted.content.text};
    const std::optional<encryptor::secret> key = co_await content_key(link, content, into);
    if (key) {
        co_await decrypt(*key, content, into);
    }
}

asio::awaitable<std::optional<encryptor::secret>> message_opener::content_key(
    const found_link& link, std::string content, opening& into)
{
    const std::string recipient = link.target.recipient.key();
    const std::string name = encryptor::link_slot_name(recipient);
    const bus::result<std::string> slot = co_await bus_.get_slot(content, name);
    if (slot.error) {
        into.how = outcome_of(slot.error);
        co_return std::nullopt;
    }
    encryptor::slot_binding binding;
    binding.message = link.target.message.text;
    binding.recipient = recipient;
    binding.content = content;
    std::optional<encryptor::secret> key =
        encryptor::open_link_slot(slot.value, secrets_.portal_box, *link.token, binding);
    if (!key) {
        into.how = opening::outcome::damaged;
    }
    co_return key;
}

asio::awaitable<void> message_opener::decrypt(
    const encryptor::secret& key, std::string content, opening& into)
{
    encryptor::stream_opener stream{key, content};
    const bus::chunk_source chunks = bus_.read_content(content);
    while (!stream.complete()) {
        const bus::result<std::string> sealed = co_await chunks();
        if (sealed.error) {
            into.how = outcome_of(sealed.error);
            co_return;
        }
        const std::optional<std::string> plain = stream.open(sealed.value);
        if (!plain || into.octets.size() + plain->size() > mail::longest_stored_mail) {
            into.how = opening::outcome::damaged;
            co_return;
        }
        into.octets += *plain;
        const bool kept = co_await into.held->keep();
        if (!kept) {
            into.how = opening::outcome::unconfirmed;
            co_return;
        }
    }
    into.how = opening::outcome::opened;
}

void message_opener::note_damage(const found_link& link, std::string_view what)
{
    diagnostics_.write(
        service::severity::error,
        link.target.message.text,
        "message.damaged",
        {{"what", what}, {"recipient", link.target.recipient.key()}});
}

} // namespace portal
