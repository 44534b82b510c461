#include "cli/events_tail.hpp"

#include "cli/event_filter.hpp"
#include "cli/event_summary.hpp"
#include "cli/message_finder.hpp"
#include "cli/operator_bus.hpp"
#include "cli/run_to_end.hpp"
#include "cli/standard_output.hpp"
#include "cli/terminal_text.hpp"
#include "cli/until_stopped.hpp"
#include "mail/event_json.hpp"
#include "mail/ledger.hpp"

#include <boost/asio/this_coro.hpp>

#include <deque>
#include <iostream>
#include <optional>
#include <string>

namespace cli {

namespace asio = boost::asio;

namespace {

bool wants_colors(color_choice choice)
{
    return choice == color_choice::always ||
           (choice == color_choice::automatic && terminal_takes_colors());
}

/// An event that no version reads keeps its place.
mail::event read_or_unknown(const bus::stored_event& event)
{
    try {
        return mail::parse_event(event.payload);
    } catch (const mail::invalid_event&) {
        return {{event.id}, "", mail::unknown_event{event.type + " (unreadable)"}};
    }
}

/// Makes lines of events; the whole log goes through it, since verdicts follow from all of it.
class event_teller {
public:
    explicit event_teller(const events_tail_options& options)
        : filter_(options.wanted), colors_(wants_colors(options.color))
    {}

    /// nullopt: not one of those that are wanted.
    std::optional<std::string> line_of(const bus::stored_event& event)
    {
        const mail::event fact = read_or_unknown(event);
        ledger_.apply(event.seq, event.time, fact);
        const std::string message = finder_.message_of(fact);
        if (!filter_.shows(event.seq, event.time, fact))
            return std::nullopt;
        return summary_line(event, summary_of(fact, message, ledger_), colors_);
    }

private:
    event_filter filter_;
    message_finder finder_;
    mail::ledger ledger_;
    bool colors_;
};

asio::awaitable<void> print_last(operator_bus& log, event_teller& teller, std::uint64_t lines)
{
    std::deque<std::string> last;
    const std::function<void(const bus::stored_event&)> keep = [&](const bus::stored_event& event) {
        if (std::optional<std::string> line = teller.line_of(event))
            last.push_back(std::move(*line));
        if (last.size() > lines)
            last.pop_front();
    };
    const bus::head head = co_await log.head();
    co_await log.read_through(head.seq, keep);
    for (const std::string& line : last)
        std::cout << line << "\n";
    finish_standard_output();
}

asio::awaitable<void> tell(
    operator_bus& log, event_teller& teller, const events_tail_options& options)
{
    co_await print_last(log, teller, options.lines);
    if (!options.follow)
        co_return;
    const std::function<void(const bus::stored_event&)> print =
        [&teller](const bus::stored_event& event) {
            if (const std::optional<std::string> line = teller.line_of(event)) {
                std::cout << *line << "\n";
                finish_standard_output();
            }
        };
    co_await log.follow(print);
}

asio::awaitable<int> tail(const endpoints& where, const events_tail_options& options)
{
    operator_bus log(co_await asio::this_coro::executor, where);
    event_teller teller(options);
    co_await until_stopped(while_read(tell(log, teller, options)));
    co_return 0;
}

} // namespace

int events_tail(const std::filesystem::path& state, const events_tail_options& options)
{
    const endpoints where = running_endpoints(state);
    return run_to_end([&] { return tail(where, options); });
}

} // namespace cli
