#include "cli/events.hpp"

#include "cli/event_filter.hpp"
#include "cli/event_line.hpp"
#include "cli/operator_bus.hpp"
#include "cli/run_to_end.hpp"
#include "cli/standard_output.hpp"
#include "cli/until_stopped.hpp"

#include <boost/asio/this_coro.hpp>

#include <iostream>

namespace cli {

namespace asio = boost::asio;

namespace {

asio::awaitable<int> print_events(const endpoints& where, const events_options& options)
{
    operator_bus log(co_await asio::this_coro::executor, where);
    event_filter filter(options.wanted);
    const std::function<void(const bus::stored_event&)> print =
        [&](const bus::stored_event& event) {
            if (!filter.shows(event))
                return;
            // What is printed in vain ends it, else it would follow for ever.
            if (!(std::cout << event_line(event) << "\n") || options.follow)
                finish_standard_output();
        };
    const bus::head head = co_await log.head();
    co_await log.read_through(head.seq, print);
    finish_standard_output();
    if (options.follow)
        co_await until_stopped(while_read(log.follow(print)));
    co_return 0;
}

} // namespace

int events(const std::filesystem::path& state, const events_options& options)
{
    const endpoints where = running_endpoints(state);
    return run_to_end([&] { return print_events(where, options); });
}

} // namespace cli
