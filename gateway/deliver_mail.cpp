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

/// Beside which the gateway's slot of a copy lies; empty when the log has no such mail.
std::string content_of(const mail::ledger& ledger, const std::string& mail)
{
    if (const auto* message = ledger.find(mail::network_message_id{mail})) {
        return std::string(message->accepted.content.text);
    }
    const auto* submission = ledger.find_submission(mail::event_id{mail});
    return std::string(submission ? submission->submitted.content.text : "");
}

/// There was no reply, for a reason that the log and the sender may read.
smtp_reply no_reply(std::string why)
{
    return {0, "", {std::move(why)}};
}

} // namespace

deliver_mail::deliver_mail(
    asio::any_io_executor executor,
    copy_materials materials,
    delivery_settings settings,
    std::function<bus_time()> clock,
    service::log& log,
    std::function<std::chrono::steady_clock::time_point()> steady_clock)
    : executor_(executor),
      bus_(materials.log),
      ledger_(materials.ledger),
      host_name_(materials.host_name),
      maker_(std::move(materials)),
      settings_(std::move(settings)),
      clock_(std::move(clock)),
      steady_clock_(std::move(steady_clock)),
      seen_at_(steady_clock_()),
      log_(log),
      queue_(settings_.concurrency),
      eraser_(executor, bus_, log, settings_.bus_pause),
      running_(executor, log),
      wake_(executor)
{}

void deliver_mail::observe(bus_time time, const mail::event& fact)
{
    queue_.observe(ledger_, time, fact);
    if (const auto* attempt = std::get_if<mail::delivery_attempted>(&fact.body)) {
        erase_when_final(*attempt);
    }
    wake();
}

/// The log says that a copy is final; its slot may have been erased by a process before.
void deliver_mail::erase_when_final(const mail::delivery_attempted& fact)
{
    if (fact.failure_notice || !is_final(fact.outcome) || bus_.follow_only()) {
        return;
    }
    const auto content = content_of(ledger_, fact.message);
    if (!content.empty()) {
        eraser_.add(content, encryptor::gateway_slot_name(fact.recipient.key()));
    }
}

void deliver_mail::restore(std::string_view queue, std::string_view slots)
{
    delivery_queue restored(settings_.concurrency);
    restored.read(queue);
    eraser_.read(slots);
    queue_ = std::move(restored);
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
    running_.spawn(
        "key slots", [this] { return eraser_.run(); }, [this] { eraser_.stop(); });
    while (!stopping_ && !bus_.follow_only()) {
        woken_ = false;
        for (auto& copy : queue_.take_due(now())) {
            running_.spawn("delivery", [this, copy] { return deliver(copy); });
        }
        co_await wait();
    }
    co_await running_.drain(patience_);
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

void deliver_mail::wake()
{
    woken_ = true;
    wake_.cancel();
}

/// However it ends, the copy is done, waits for what the log says, or waits in the queue again.
asio::awaitable<void> deliver_mail::deliver(queued_copy copy)
{
    std::optional<std::string> failure;
    try {
        if (!copy.outcome) {
            co_await attempt(copy);
        }
        if (copy.outcome) {
            co_await record(copy);
        }
    } catch (const std::exception& error) {
        if (stopping_) {
            throw; // cancelled
        }
        failure = error.what();
    }
    if (failure) {
        log_.write(
            service::severity::error, copy.message, "delivery failed", {{"reason", *failure}});
        later(copy, settings_.retry.first);
    }
}

/// Ends with the outcome in the copy, or without one: then it waits in the queue again, or left it.
asio::awaitable<void> deliver_mail::attempt(queued_copy& copy)
{
    // The last look at the log before anything leaves: what is revoked by now is withheld.
    if (co_await bus_.catch_up()) {
        later(copy, settings_.bus_pause.count());
        co_return;
    }
    std::string cause;
    std::string told = "this copy could not be made";
    try {
        co_await make_and_send(copy);
        co_return;
    } catch (const unwanted_copy&) {
        later(copy, 0); // the log says what is to become of it
        co_return;
    } catch (const unreadable_content& error) {
        told = cause = error.what();
    } catch (const encryptor::smime_error& error) {
        told = cause = error.what();
    } catch (const std::exception& error) {
        if (stopping_) {
            throw;
        }
        cause = error.what();
    }
    log_.write(service::severity::error, copy.message, "copy not made", {{"reason", cause}});
    if (!copy.outcome) {
        // The peer, if there was one, has seen no final dot: to the queue it is as a reply of 4xx.
        conclude(copy, no_reply(std::move(told)));
    }
}

asio::awaitable<void> deliver_mail::make_and_send(queued_copy& copy)
{
    auto made = co_await maker_.make(copy, now());
    switch (made.wanted) {
    case action::send: {
        const auto reply = co_await hand_over(std::move(made));
        conclude(copy, reply);
        co_return;
    }
    case action::withhold:
        note(copy, {delivery_outcome::withheld, std::nullopt}, std::move(made.why));
        co_return;
    case action::fail:
        note(copy, {delivery_outcome::failed, std::nullopt}, std::move(made.why));
        co_return;
    case action::wait:
        later(copy, settings_.bus_pause.count());
        co_return;
    case action::forget:
        queue_.forget(copy);
        wake(); // its place is free for the next
        co_return;
    }
}

asio::awaitable<smtp_reply> deliver_mail::hand_over(outgoing_copy made)
{
    smtp_sending sending;
    sending.next_hop = settings_.next_hop;
    sending.host_name = host_name_;
    sending.sender = made.sender;
    sending.recipient = made.recipient;
    sending.octets = std::move(made.octets);
    sending.deadline = settings_.step_deadline;
    co_return co_await send_mail(std::move(sending));
}

void deliver_mail::conclude(queued_copy& copy, const smtp_reply& reply)
{
    const auto decision = decide(reply, copy, now(), settings_.retry);
    const bool again = decision.outcome == delivery_outcome::deferred;
    if (again && copy.kind == copy_kind::failure_notice) {
        // Only the end of a notice stands in the log; its next try is remembered here alone.
        ++copy.attempts;
        queue_.postpone(copy, *decision.next_attempt);
        wake();
        return;
    }
    note(copy, decision, one_line(reply));
}

void deliver_mail::note(queued_copy& copy, const delivery_decision& decision, std::string reply)
{
    auto& fact = copy.outcome.emplace();
    fact.message = copy.message;
    fact.recipient = copy.recipient;
    fact.outcome = decision.outcome;
    fact.next_attempt = decision.next_attempt;
    fact.smtp_reply = std::move(reply);
    fact.failure_notice = copy.kind == copy_kind::failure_notice;
    log_.write(
        service::severity::info,
        fact.message,
        fact.failure_notice ? "failure notice" : "delivery",
        {{"recipient", fact.recipient.text()},
         {"outcome", mail::to_text(fact.outcome)},
         {"reply", fact.smtp_reply}});
}

asio::awaitable<void> deliver_mail::record(const queued_copy& copy)
{
    const auto error = co_await append(*copy.outcome);
    if (error) {
        log_.write(
            service::severity::error,
            copy.message,
            "the bus refuses what came of a delivery, it is told again later",
            {{"error", error.message()}});
        later(copy, settings_.retry.first);
    }
}

/// Until it is on disk: before, the copy counts as being on its way and is not tried again. An
/// error: the bus refuses it, asking again at once would not help.
asio::awaitable<boost::system::error_code> deliver_mail::append(
    const mail::delivery_attempted& fact)
{
    const mail::event event{{fresh_id(now())}, "/gateway", fact};
    bus::append_batch batch;
    batch.events.push_back(
        {event.id.text, std::string(mail::type_of(event)), mail::to_json(event)});
    for (;;) {
        // The same id each time, so that it stands in the log once.
        const auto error = co_await bus_.append(batch);
        if (!may_pass(error)) {
            co_return error;
        }
        co_await pause();
    }
}

asio::awaitable<void> deliver_mail::pause()
{
    asio::steady_timer timer(executor_, settings_.bus_pause);
    co_await timer.async_wait(asio::use_awaitable);
}

void deliver_mail::later(const queued_copy& copy, bus_time pause)
{
    queue_.postpone(copy, now() + pause);
    wake();
}

/// The log's time stands still while the clock of the bus is behind it, but ours goes on: a pause
/// ends all the same.
bus_time deliver_mail::now()
{
    const auto moment = steady_clock_();
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(moment - seen_at_);
    if (ledger_.time() > log_time_ + since.count()) {
        log_time_ = ledger_.time();
        seen_at_ = moment;
        return std::max(clock_(), log_time_);
    }
    return std::max<bus_time>(clock_(), log_time_ + since.count());
}

} // namespace gateway
