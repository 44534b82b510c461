#include "gateway/deliver_mail.hpp"

#include "encryptor/key_slot.hpp"
#include "encryptor/smime.hpp"
#include "gateway/copy_source.hpp"
#include "gateway/fresh_id.hpp"
#include "gateway/reply_reader.hpp"
#include "gateway/smtp_client.hpp"
#include "mail/event_json.hpp"
#include "service/log.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace gateway {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using mail::bus_time;
using mail::delivery_outcome;
using action = outgoing_copy::action;

namespace {

bool is_final(delivery_outcome outcome)
{
    return outcome == delivery_outcome::delivered || outcome == delivery_outcome::failed;
}

bool is_final(mail::delivery_status status)
{
    return status == mail::delivery_status::delivered || status == mail::delivery_status::failed;
}

// Asking again may help: the bus was away, slow, or its disk was full.
bool may_pass(const boost::system::error_code& error)
{
    return error == bus::errc::unavailable || error == bus::errc::unknown_outcome ||
           error == bus::errc::disk;
}

mail::delivery_attempted fact_about(
    const queued_copy& copy, const delivery_decision& decision, std::string reply)
{
    mail::delivery_attempted fact;
    fact.message = copy.message;
    fact.recipient = copy.recipient;
    fact.outcome = decision.outcome;
    fact.next_attempt = decision.next_attempt;
    fact.smtp_reply = std::move(reply);
    fact.failure_notice = copy.kind == copy_kind::failure_notice;
    return fact;
}

} // namespace

deliver_mail::deliver_mail(
    asio::any_io_executor executor,
    copy_materials materials,
    delivery_settings settings,
    std::function<bus_time()> clock,
    service::log& log)
    : executor_(executor),
      bus_(materials.log),
      ledger_(materials.ledger),
      host_name_(materials.host_name),
      maker_(std::move(materials)),
      settings_(std::move(settings)),
      clock_(std::move(clock)),
      log_(log),
      queue_(settings_.concurrency),
      running_(executor, log),
      wake_(executor)
{}

void deliver_mail::observe(bus_time time, const mail::event& fact)
{
    queue_.observe(ledger_, time, fact);
    woken_ = true;
    wake_.cancel();
}

void deliver_mail::stop(std::chrono::milliseconds patience)
{
    stopping_ = true;
    patience_ = patience;
    wake_.cancel();
}

asio::awaitable<void> deliver_mail::run()
{
    if (bus_.follow_only()) {
        log_.info("nothing is delivered", {{"reason", "the log was imported"}});
        co_return;
    }
    co_await erase_final_slots();
    while (!stopping_ && !bus_.follow_only()) {
        woken_ = false;
        for (auto& copy : queue_.take_due(now())) {
            running_.spawn("delivery", [this, copy] { return deliver(copy); });
        }
        co_await wait();
    }
    co_await running_.drain(patience_);
}

/// What was final when the process before was killed may still have its slots.
asio::awaitable<void> deliver_mail::erase_final_slots()
{
    std::vector<std::pair<std::string, std::vector<std::string>>> final_slots;
    const auto gather = [&](const std::string& content, const auto& recipients, auto mailbox_of) {
        std::vector<std::string> names;
        for (const auto& state : recipients) {
            if (is_final(state.status)) {
                names.push_back(encryptor::gateway_slot_name(mailbox_of(state).key()));
            }
        }
        if (!names.empty()) {
            final_slots.emplace_back(content, std::move(names));
        }
        return true;
    };
    const auto mailbox = [](const mail::recipient_state& state) -> const mail::address& {
        return state.accepted.mailbox;
    };
    ledger_.for_each_message([&](const mail::message_state& message) {
        return gather(message.accepted.content.text, message.recipients, mailbox);
    });
    ledger_.for_each_submission([&](const mail::submission_state& submission) {
        return gather(submission.submitted.content.text, submission.recipients, mailbox);
    });
    for (auto& [content, names] : final_slots) {
        const auto error = co_await bus_.erase_slots(content, std::move(names));
        if (error) {
            log_.warning(
                "key slots not erased, next start tries again", {{"error", error.message()}});
        }
    }
}

asio::awaitable<void> deliver_mail::wait()
{
    // Woken by events; the upper bound covers a wall clock that was set.
    constexpr bus_time longest = 30'000;
    if (woken_ || stopping_) {
        co_return;
    }
    const auto due = queue_.next_due();
    const auto patience = due ? std::clamp<bus_time>(*due - now(), 0, longest) : longest;
    wake_.expires_after(std::chrono::milliseconds(patience));
    boost::system::error_code woken;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

asio::awaitable<void> deliver_mail::deliver(queued_copy copy)
{
    // The last look at the log before anything leaves: what is revoked by now is withheld.
    if (const auto behind = co_await bus_.catch_up()) {
        later(copy, behind.message());
        co_return;
    }
    outgoing_copy made;
    std::string trouble;
    try {
        made = co_await maker_.make(copy, now());
    } catch (const std::exception& failure) {
        trouble = failure.what(); // nothing has left yet: the copy stays queued
    }
    if (!trouble.empty()) {
        log_.write(
            service::severity::warning, copy.message, "copy not made", {{"reason", trouble}});
        later(copy, trouble);
        co_return;
    }
    switch (made.wanted) {
    case action::send:
        if (copy.kind == copy_kind::failure_notice) {
            co_await send_notice(std::move(copy), std::move(made));
        } else {
            co_await send(std::move(copy), std::move(made));
        }
        co_return;
    case action::withhold:
    case action::fail: {
        const auto outcome =
            made.wanted == action::withhold ? delivery_outcome::withheld : delivery_outcome::failed;
        auto fact = fact_about(copy, {outcome, std::nullopt}, std::move(made.why));
        co_await record(std::move(copy), std::move(fact), std::move(made.content));
        co_return;
    }
    case action::wait:
        later(copy, made.why);
        co_return;
    case action::forget:
        queue_.forget(copy);
        woken_ = true; // its place is free for the next
        wake_.cancel();
        co_return;
    }
}

asio::awaitable<void> deliver_mail::send(queued_copy copy, outgoing_copy made)
{
    auto content = made.content;
    const auto reply = co_await hand_over(copy.message, std::move(made));
    const auto decision = decide(reply, copy, now(), settings_.retry);
    auto fact = fact_about(copy, decision, one_line(reply));
    co_await record(std::move(copy), std::move(fact), std::move(content));
}

/// Only the end of a notice stands in the log; a try that may be repeated is repeated from memory.
asio::awaitable<void> deliver_mail::send_notice(queued_copy copy, outgoing_copy made)
{
    const auto reply = co_await hand_over(copy.message, std::move(made));
    const auto decision = decide(reply, copy, now(), settings_.retry);
    if (decision.outcome == delivery_outcome::deferred) {
        ++copy.attempts;
        queue_.postpone(copy, *decision.next_attempt);
        wake_.cancel();
        woken_ = true;
        co_return;
    }
    auto fact = fact_about(copy, decision, one_line(reply));
    co_await record(std::move(copy), std::move(fact), {});
}

asio::awaitable<smtp_reply> deliver_mail::hand_over(std::string message, outgoing_copy made)
{
    smtp_sending sending;
    sending.next_hop = settings_.next_hop;
    sending.host_name = host_name_;
    sending.sender = made.sender;
    sending.recipient = made.recipient;
    sending.octets = std::move(made.octets);
    sending.deadline = settings_.step_deadline;
    smtp_reply reply;
    // In both cases the peer has seen no final dot, so nothing was delivered.
    try {
        reply = co_await send_mail(std::move(sending));
    } catch (const unreadable_content& error) {
        reply = not_made(message, error.what());
    } catch (const encryptor::smime_error& error) {
        reply = not_made(message, error.what());
    }
    co_return reply;
}

smtp_reply deliver_mail::not_made(const std::string& message, const std::string& why)
{
    log_.write(service::severity::error, message, "copy not made", {{"reason", why}});
    return {0, "", {why}};
}

asio::awaitable<void> deliver_mail::record(
    queued_copy copy, mail::delivery_attempted fact, std::string content)
{
    log_.write(
        service::severity::info,
        fact.message,
        fact.failure_notice ? "failure notice" : "delivery",
        {{"recipient", fact.recipient.text()},
         {"outcome", mail::to_text(fact.outcome)},
         {"reply", fact.smtp_reply}});
    if (!co_await append(fact)) {
        co_return;
    }
    if (is_final(fact.outcome) && !content.empty()) {
        std::vector<std::string> names{encryptor::gateway_slot_name(copy.recipient.key())};
        const auto error = co_await bus_.erase_slots(content, std::move(names));
        if (error) {
            log_.write(
                service::severity::warning,
                fact.message,
                "key slot not erased, the next start does",
                {{"error", error.message()}});
        }
    }
}

/// Until it is on disk: before, the copy counts as being on its way and is not tried again.
asio::awaitable<bool> deliver_mail::append(const mail::delivery_attempted& fact)
{
    const mail::event event{{fresh_id(now())}, "/gateway", fact};
    bus::append_batch batch;
    batch.events.push_back(
        {event.id.text, std::string(mail::type_of(event)), mail::to_json(event)});
    for (;;) {
        // The same id each time, so that it stands in the log once.
        const auto error = co_await bus_.append(batch);
        if (!error) {
            co_return true;
        }
        if (!may_pass(error)) {
            log_.write(
                service::severity::error,
                fact.message,
                "the bus refuses what came of a delivery; not tried again before the next start",
                {{"error", error.message()}});
            co_return false;
        }
        co_await pause();
    }
}

asio::awaitable<void> deliver_mail::pause()
{
    asio::steady_timer timer(executor_, settings_.bus_pause);
    co_await timer.async_wait(asio::use_awaitable);
}

void deliver_mail::later(const queued_copy& copy, const std::string& why)
{
    log_.write(service::severity::debug, copy.message, "delivery waits", {{"why", why}});
    queue_.postpone(copy, now() + settings_.bus_pause.count());
    woken_ = true;
    wake_.cancel();
}

bus_time deliver_mail::now() const
{
    return std::max(clock_(), ledger_.time());
}

} // namespace gateway
