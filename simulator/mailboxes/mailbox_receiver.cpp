#include "simulator/mailboxes/mailbox_receiver.hpp"

#include "simulator/mailboxes/arrivals.hpp"
#include "simulator/mailboxes/mailbox_store.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <stdexcept>

namespace asio = boost::asio;

namespace simulator {

namespace {

gateway::smtp_reply reply(int code, std::string enhanced, std::string text)
{
    gateway::smtp_reply made;
    made.code = code;
    made.enhanced = std::move(enhanced);
    made.lines.push_back(std::move(text));
    return made;
}

} // namespace

/// One mail on its way into the mailboxes.
class mailbox_receiver::delivery : public gateway::smtp_transaction {
public:
    delivery(mailbox_receiver& receiver, mail::address sender)
        : receiver_(receiver), sender_(std::move(sender))
    {}

    asio::awaitable<gateway::smtp_reply> add_recipient(const mail::address& recipient) override
    {
        auto refusal = co_await receiver_.suffer(smtp_stage::rcpt, {recipient.key()});
        if (refusal)
            co_return std::move(*refusal);
        if (std::ranges::count(recipients_, recipient) == 0)
            recipients_.push_back(recipient);
        co_return reply(250, "2.1.5", "This mailbox takes everything");
    }

    asio::awaitable<std::optional<gateway::smtp_reply>> write(std::string_view octets) override
    {
        octets_ += octets;
        co_return std::nullopt;
    }

    asio::awaitable<gateway::smtp_reply> commit() override
    {
        std::vector<std::string> keys;
        keys.reserve(recipients_.size());
        for (const mail::address& each : recipients_)
            keys.push_back(each.key());
        auto refusal = co_await receiver_.suffer(smtp_stage::data, std::move(keys));
        if (refusal)
            co_return std::move(*refusal);
        co_return keep();
    }

private:
    gateway::smtp_reply keep()
    {
        try {
            receiver_.store_.keep(recipients_, sender_, receiver_.now_(), octets_);
        } catch (const database_error&) {
            return reply(451, "4.3.0", "The mail can't be stored now");
        }
        receiver_.arrived_.announce();
        return reply(250, "2.0.0", "Delivered to the mailbox");
    }

    mailbox_receiver& receiver_;
    mail::address sender_;
    std::vector<mail::address> recipients_;
    std::string octets_; ///< at most the listener's message limit
};

mailbox_receiver::mailbox_receiver(
    asio::any_io_executor executor,
    mailbox_store& store,
    fault_script& faults,
    arrivals& arrived,
    std::function<std::int64_t()> now)
    : executor_(std::move(executor)),
      store_(store),
      faults_(faults),
      arrived_(arrived),
      now_(std::move(now))
{}

asio::awaitable<std::unique_ptr<gateway::smtp_transaction>> mailbox_receiver::begin(
    const gateway::smtp_peer&,
    const mail::address& sender,
    std::uint64_t,
    gateway::smtp_reply& refusal)
{
    auto refused = co_await suffer(smtp_stage::mail, {sender.key()});
    if (refused) {
        refusal = std::move(*refused);
        co_return nullptr;
    }
    co_return std::make_unique<delivery>(*this, sender);
}

asio::awaitable<std::optional<gateway::smtp_reply>> mailbox_receiver::suffer(
    smtp_stage stage, std::vector<std::string> addresses)
{
    auto fault = faults_.take(stage, addresses);
    if (!fault)
        co_return std::nullopt;
    if (fault->delay.count() > 0) {
        asio::steady_timer timer{executor_, fault->delay};
        boost::system::error_code ignored; // cut short is as good
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (fault->disconnect)
        throw std::runtime_error("disconnected, as the fault script asks");
    if (fault->code == 0)
        co_return std::nullopt;
    co_return reply(fault->code, std::move(fault->enhanced), std::move(fault->text));
}

} // namespace simulator
