#include "gateway/accept_mail.hpp"

#include "encryptor/key_slot.hpp"
#include "encryptor/link_token.hpp"
#include "encryptor/sealed_stream.hpp"
#include "encryptor/secret.hpp"
#include "gateway/directory.hpp"
#include "gateway/fresh_id.hpp"
#include "gateway/received_header.hpp"
#include "gateway/routing.hpp"
#include "gateway/smtp_reply.hpp"
#include "mail/event_json.hpp"
#include "mail/header_reader.hpp"
#include "service/log.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace gateway {

namespace asio = boost::asio;

namespace {

smtp_reply not_stored(const boost::system::error_code& why)
{
    return reply_for(why == bus::errc::disk ? smtp_outcome::no_room : smtp_outcome::cannot_store);
}

} // namespace

/// One mail on its way in. Its content goes to the bus sealed, chunk by chunk; until commit nothing
/// names it.
class accept_mail::transaction final : public smtp_transaction {
public:
    transaction(accept_mail& owner, smtp_peer peer, mail::address sender)
        : owner_(owner),
          how_{std::move(peer), owner.settings_.host_name, {}, owner.clock_()},
          sender_(std::move(sender)),
          content_(fresh_content_id()),
          key_(encryptor::secret::random(32)),
          sealer_(key_, content_)
    {
        how_.message.text = fresh_id(how_.time);
    }
    ~transaction() override
    {
        if (chunks_ > 0 && !kept_) {
            auto& bus = owner_.bus_;
            owner_.discards_.spawn(
                "discard", [&bus, content = content_] { return bus.discard(content); });
        }
    }

    asio::awaitable<smtp_reply> add_recipient(const mail::address& recipient) override;
    asio::awaitable<std::optional<smtp_reply>> write(std::string_view octets) override;
    asio::awaitable<smtp_reply> commit() override;

private:
    std::optional<smtp_reply> header_is_complete();
    asio::awaitable<std::optional<smtp_reply>> seal(std::string_view octets);
    asio::awaitable<boost::system::error_code> put(std::vector<std::string> chunks);
    mail::message_accepted routed();
    bus::append_batch batch(const mail::message_accepted& fact);

    accept_mail& owner_;
    reception how_;
    mail::address sender_;
    std::vector<mail::address> recipients_;
    std::string content_;
    encryptor::secret key_;
    encryptor::stream_sealer sealer_;
    mail::header_reader header_;
    std::string held_; ///< what came before the header was complete
    bool header_done_ = false;
    received_header seen_;
    std::vector<encryptor::link_token> tokens_; ///< of the link recipients, in their order
    std::uint64_t size_ = 0;
    std::uint32_t chunks_ = 0;
    bool kept_ = false;
};

accept_mail::accept_mail(
    asio::any_io_executor executor,
    mail_log& bus,
    const mail::ledger& ledger,
    acceptance_settings settings,
    std::function<bool()> ready,
    std::function<mail::bus_time()> clock,
    service::log& log)
    : bus_(bus),
      ledger_(ledger),
      settings_(std::move(settings)),
      ready_(std::move(ready)),
      clock_(std::move(clock)),
      log_(log),
      discards_(executor, log)
{}

accept_mail::~accept_mail() = default;

std::optional<smtp_reply> accept_mail::turned_away() const
{
    if (!bus_.follow_only()) {
        return std::nullopt;
    }
    return reply_for(smtp_outcome::follow_only, settings_.host_name);
}

asio::awaitable<std::unique_ptr<smtp_transaction>> accept_mail::begin(
    const smtp_peer& peer, const mail::address& sender, std::uint64_t, smtp_reply& refusal)
{
    if (!settings_.networks.contain(peer.address)) {
        refusal = reply_for(smtp_outcome::relaying_denied);
        co_return nullptr;
    }
    if (!bus_.connected() || !ready_()) {
        refusal = reply_for(smtp_outcome::cannot_store);
        co_return nullptr;
    }
    co_return std::make_unique<transaction>(*this, peer, sender);
}

asio::awaitable<void> accept_mail::drain(std::chrono::milliseconds patience)
{
    co_await discards_.drain(patience);
}

asio::awaitable<smtp_reply> accept_mail::transaction::add_recipient(const mail::address& recipient)
{
    // Named twice is meant once: one mailbox, one copy, one link.
    if (std::find(recipients_.begin(), recipients_.end(), recipient) == recipients_.end()) {
        recipients_.push_back(recipient);
    }
    co_return reply_for(smtp_outcome::recipient_ok);
}

asio::awaitable<std::optional<smtp_reply>> accept_mail::transaction::write(std::string_view octets)
{
    size_ += octets.size();
    if (header_done_) {
        co_return co_await seal(octets);
    }
    held_ += octets;
    const auto progress = header_.feed(octets);
    if (progress == mail::header_reader::progress::too_large) {
        co_return reply_for(
            smtp_outcome::header_too_large, std::to_string(mail::header_reader::limit));
    }
    if (progress == mail::header_reader::progress::more) {
        co_return std::nullopt;
    }
    if (auto refusal = header_is_complete()) {
        co_return refusal;
    }
    const auto whole = seen_.added + std::exchange(held_, {});
    co_return co_await seal(whole);
}

std::optional<smtp_reply> accept_mail::transaction::header_is_complete()
{
    header_done_ = true;
    seen_ = examine(header_, how_);
    if (seen_.fault) {
        return reply_for(*seen_.fault);
    }
    // Whoever reads the mail has the same limits, and finds our fields in front of the others.
    mail::header_reader stored;
    stored.feed(seen_.added);
    if (stored.feed(held_) == mail::header_reader::progress::too_large) {
        return reply_for(
            smtp_outcome::header_too_large, std::to_string(mail::header_reader::limit));
    }
    return std::nullopt;
}

asio::awaitable<std::optional<smtp_reply>> accept_mail::transaction::seal(std::string_view octets)
{
    auto chunks = sealer_.push(octets);
    if (const auto error = co_await put(std::move(chunks))) {
        co_return not_stored(error);
    }
    co_return std::nullopt;
}

asio::awaitable<boost::system::error_code> accept_mail::transaction::put(
    std::vector<std::string> chunks)
{
    for (auto& chunk : chunks) {
        const auto index = chunks_++;
        const auto error = co_await owner_.bus_.put_chunk(content_, index, std::move(chunk));
        if (error) {
            owner_.log_.write(
                service::severity::warning,
                how_.message.text,
                "content not stored",
                {{"error", error.message()}});
            co_return error;
        }
    }
    co_return boost::system::error_code{};
}

asio::awaitable<smtp_reply> accept_mail::transaction::commit()
{
    if (!header_done_) {
        header_.finish();
        if (const auto refusal = header_is_complete()) {
            co_return *refusal;
        }
        const auto whole = seen_.added + std::exchange(held_, {});
        if (const auto refusal = co_await seal(whole)) {
            co_return *refusal;
        }
    }
    std::vector<std::string> last{sealer_.finish()};
    if (const auto error = co_await put(std::move(last))) {
        co_return not_stored(error);
    }
    // Routed by the policy that is in force now: what an administrator was told is so binds this
    // mail.
    if (co_await owner_.bus_.catch_up()) {
        co_return reply_for(smtp_outcome::cannot_store);
    }
    const auto fact = routed();
    const auto error = co_await owner_.bus_.append(batch(fact));
    if (error) {
        owner_.log_.write(
            service::severity::warning,
            how_.message.text,
            "mail not accepted",
            {{"error", error.message()}});
        co_return error == bus::errc::unknown_outcome ? reply_for(smtp_outcome::unconfirmed)
                                                      : not_stored(error);
    }
    kept_ = true;
    owner_.log_.write(
        service::severity::info,
        how_.message.text,
        "mail accepted",
        {{"sender", sender_.text()}, {"recipients", recipients_.size()}, {"octets", size_}});
    auto reply = reply_for(smtp_outcome::accepted, how_.message.text);
    for (const auto& recipient : fact.recipients) {
        reply.lines.push_back(
            "<" + recipient.mailbox.text() + "> " +
            (recipient.revocable ? "link, revocable: " : "inline, not revocable: ") +
            recipient.reason);
    }
    co_return reply;
}

mail::message_accepted accept_mail::transaction::routed()
{
    const auto& ledger = owner_.ledger_;
    mail::message_accepted fact;
    fact.message = how_.message;
    fact.message_id = seen_.message_id;
    fact.sender = sender_;
    fact.subject = seen_.subject;
    fact.size = size_;
    fact.content.text = content_;
    fact.expiry_seconds = ledger.organisation().expiry_seconds;
    for (const auto& mailbox : recipients_) {
        const auto known = look_up(ledger, mailbox);
        const auto fault = known.certificate.empty()
                               ? std::string{}
                               : certificate_fault(known.certificate, owner_.clock_() / 1000);
        auto recipient = route(mailbox, known, fault, ledger.organisation());
        if (recipient.delivery == mail::delivery_mode::link) {
            tokens_.push_back(encryptor::link_token::random());
            recipient.link.text = tokens_.back().locator();
        }
        fact.recipients.push_back(std::move(recipient));
    }
    return fact;
}

bus::append_batch accept_mail::transaction::batch(const mail::message_accepted& fact)
{
    const mail::event event{{fresh_id(owner_.clock_())}, "/gateway", fact};
    bus::append_batch batch;
    batch.events.push_back(
        {event.id.text, std::string(mail::type_of(event)), mail::to_json(event)});
    batch.contents.push_back(content_);
    auto token = tokens_.begin();
    for (const auto& recipient : fact.recipients) {
        const encryptor::slot_binding binding{fact.message.text, recipient.mailbox.key(), content_};
        const bool link = recipient.delivery == mail::delivery_mode::link;
        if (link) {
            batch.slots.push_back(
                {content_,
                 encryptor::link_slot_name(binding.recipient),
                 encryptor::seal_link_slot(
                     owner_.settings_.portal_public_key, *token, key_, binding)});
        }
        const encryptor::gateway_secret held =
            link ? encryptor::gateway_secret{
                       encryptor::gateway_secret::kind::token,
                       encryptor::secret::copy_of((token++)->octets())}
                 : encryptor::gateway_secret{
                       encryptor::gateway_secret::kind::content_key, key_.clone()};
        batch.slots.push_back(
            {content_,
             encryptor::gateway_slot_name(binding.recipient),
             encryptor::seal_gateway_slot(owner_.settings_.gateway_public_key, held, binding)});
    }
    return batch;
}

} // namespace gateway
