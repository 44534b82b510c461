#include "cli/events.hpp"

#include "cli/event_filter.hpp"
#include "cli/operator_bus.hpp"
#include "cli/run_to_end.hpp"
#include "encryptor/secret.hpp"
#include "mail/event_json.hpp"

#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>

#include <iostream>

namespace cli {

namespace asio = boost::asio;

namespace {

/// One that cannot be read is shown rather than hidden.
bool shown(event_filter& filter, const bus::stored_event& event)
{
    try {
        return filter.shows(mail::parse_event(event.payload));
    } catch (const mail::invalid_event&) {
        return true;
    }
}

asio::awaitable<int> print_events(const endpoints& where, const events_options& options)
{
    operator_bus log(co_await asio::this_coro::executor, where);
    event_filter filter(options.types, options.message);
    const std::function<void(const bus::stored_event&)> print =
        [&](const bus::stored_event& event) {
            if (!shown(filter, event) || event.seq < options.from)
                return;
            std::cout << event_line(event) << "\n";
            if (options.follow)
                std::cout.flush();
        };
    const bus::head head = co_await log.head();
    co_await log.read_through(head.seq, print);
    std::cout.flush();
    if (options.follow)
        co_await log.follow(print);
    co_return 0;
}

} // namespace

int events(const std::filesystem::path& state, const events_options& options)
{
    const endpoints where = running_endpoints(state);
    return run_to_end([&] { return print_events(where, options); });
}

std::string event_line(const bus::stored_event& event)
{
    const std::string_view prev(
        reinterpret_cast<const char*>(event.prev.data()), event.prev.size());
    // The payload byte for byte, so that the chain can be recomputed from what is printed.
    const bool one_line_of_json =
        nlohmann::json::accept(event.payload) && event.payload.find('\n') == std::string::npos;
    const std::string payload =
        one_line_of_json ? event.payload
                         : nlohmann::json(event.payload)
                               .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    return "{\"seq\":" + std::to_string(event.seq) + ",\"time\":" + std::to_string(event.time) +
           ",\"prev\":\"" + encryptor::hexadecimal(prev) + "\",\"event\":" + payload + "}";
}

} // namespace cli
