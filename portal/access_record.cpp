#include "portal/access_record.hpp"

#include "bus/errc.hpp"
#include "portal/fresh_values.hpp"
#include "service/log.hpp"

#include <string>
#include <utility>

namespace portal {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

std::optional<mail::access_verdict> verdict_on(
    const mail::ledger& ledger, const mail::event_id& attempt)
{
    const mail::attempt_state* state = ledger.find_attempt(attempt);
    return state != nullptr ? std::optional{state->verdict} : std::nullopt;
}

} // namespace

asio::awaitable<access_record::outcome> access_record::attempt(
    mail::event_id id, mail::access_attempted attempted)
{
    outcome result;
    mail::event fact{id, self_.source, std::move(attempted)};
    bus::append_batch batch = batch_of(fact);
    const error_code error = co_await bus_.append_and_apply(std::move(batch));
    if (!error) {
        result.verdict = verdict_on(bus_.ledger(), id);
    }
    result.may_stand = error != bus::errc::unavailable && error != bus::errc::refused &&
                       error != bus::errc::invalid;
    co_return result;
}

asio::awaitable<std::optional<mail::access_verdict>> access_record::renew(mail::event_id attempt)
{
    mail::event fact{
        mail::event_id{fresh_uuid()}, self_.source, mail::access_renewed{.attempt = attempt}};
    bus::append_batch batch = batch_of(fact);
    const error_code error = co_await bus_.append_and_apply(std::move(batch));
    if (error) {
        co_return std::nullopt;
    }
    co_return verdict_on(bus_.ledger(), attempt);
}

void access_record::close(
    const mail::event_id& attempt,
    const mail::network_message_id& message,
    std::uint64_t octets,
    std::string_view ending)
{
    mail::access_closed closed{.attempt = attempt, .bytes = octets, .ending = std::string{ending}};
    closings_.spawn("close", [this, closed = std::move(closed), message] {
        return append_close(closed, message);
    });
}

asio::awaitable<void> access_record::append_close(
    mail::access_closed closed, mail::network_message_id message)
{
    mail::event fact{mail::event_id{fresh_uuid()}, self_.source, closed};
    bus::append_batch batch = batch_of(fact);
    const error_code error = co_await bus_.append(std::move(batch));
    if (error) {
        // The attempt stays without a close: it counts as "may have read", which is what is known
        // of it.
        diagnostics_.write(
            service::severity::warning,
            message.text,
            "access.close_lost",
            {{"error", error.message()}, {"bytes", closed.bytes}});
    }
}

} // namespace portal
