#include "cli/log_replay.hpp"

#include "cli/failure.hpp"
#include "mail/event_json.hpp"

namespace cli {

log_replay::log_replay(boost::asio::any_io_executor executor, const endpoints& where)
    : bus_(executor, where)
{}

boost::asio::awaitable<void> log_replay::read_through(std::uint64_t last)
{
    const std::function<void(const bus::stored_event&)> handle =
        [this](const bus::stored_event& event) { apply(event); };
    co_await bus_.read_through(last, handle);
}

void log_replay::apply(const bus::stored_event& event)
{
    const mail::event fact = mail::parse_event(event.payload);
    ledger_.apply(event.seq, event.time, fact);
    if (watch_)
        watch_(event.seq, fact);
}

} // namespace cli
