#include "cli/status_at.hpp"

#include "cli/failure.hpp"
#include "cli/operator_bus.hpp"
#include "cli/progress_bar.hpp"
#include "mail/event_json.hpp"
#include "mail/ledger.hpp"
#include "revocation/admin_json.hpp"
#include "revocation/message_search.hpp"

#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <vector>

namespace cli {

namespace asio = boost::asio;

namespace {

asio::awaitable<mail::ledger> ledger_at(const endpoints& where, log_moment moment)
{
    operator_bus log(co_await asio::this_coro::executor, where);
    const bus::head head = co_await log.head();
    if (moment.seq && *moment.seq > head.seq)
        throw failure(
            "there is no event " + std::to_string(*moment.seq) + " yet: the log ends with event " +
            std::to_string(head.seq));
    const std::uint64_t last = moment.seq.value_or(head.seq);
    mail::ledger ledger;
    progress_bar bar("replaying", last);
    const std::function<void(const bus::stored_event&)> apply =
        [&](const bus::stored_event& event) {
            if (moment.covers(event.seq, event.time))
                ledger.apply(event.seq, event.time, mail::parse_event(event.payload));
            bar.reach(event.seq);
        };
    co_await log.read_through(last, apply);
    co_return std::move(ledger);
}

} // namespace

asio::awaitable<nlohmann::json> status_at(const endpoints& where, std::string id, log_moment moment)
{
    const mail::ledger ledger = co_await ledger_at(where, moment);
    const std::vector<mail::network_message_id> found = revocation::resolve(ledger, id);
    const std::string position = "after event " + std::to_string(ledger.applied());
    if (found.empty())
        throw failure("no message has the id " + id + " " + position + " of the log");
    if (found.size() > 1) {
        std::string ids;
        for (const mail::network_message_id& each : found)
            ids += "\n  " + each.text;
        throw failure(
            "several messages share this Message-ID " + position +
            "; name one by its network message id:" + ids);
    }
    co_return nlohmann::json::parse(revocation::message_json(ledger, *ledger.find(found.front())));
}

} // namespace cli
