#include "cli/events_export.hpp"

#include "cli/durable_file.hpp"
#include "cli/failure.hpp"
#include "cli/log_export.hpp"
#include "cli/operator_bus.hpp"
#include "cli/progress_bar.hpp"
#include "cli/run_to_end.hpp"
#include "cli/standard_output.hpp"
#include "cli/until_stopped.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <iostream>
#include <optional>

namespace cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t octets_at_once = 64UL * 1024;

/// A file that appears whole at the end, or standard output.
class export_output {
public:
    explicit export_output(const std::filesystem::path& file)
    {
        if (!file.empty())
            file_.emplace(file);
    }

    void write(std::string_view text)
    {
        held_ += text;
        if (held_.size() >= octets_at_once)
            pass_on();
    }
    void finish()
    {
        pass_on();
        if (file_)
            file_->commit();
        else
            finish_standard_output();
    }

private:
    void pass_on()
    {
        if (file_)
            file_->write(held_);
        else if (!std::cout.write(held_.data(), static_cast<std::streamsize>(held_.size())))
            finish_standard_output();
        held_.clear();
    }

    std::optional<durable_file> file_;
    std::string held_;
};

/// The last event that can be wanted: nothing behind it is read.
std::uint64_t last_wanted(const event_selection& wanted, std::uint64_t head)
{
    return wanted.through && wanted.through->seq ? std::min(*wanted.through->seq, head) : head;
}

asio::awaitable<void> export_log(const endpoints& where, const events_export_options& options)
{
    operator_bus log(co_await asio::this_coro::executor, where);
    const bus::head head = co_await log.head();
    const std::uint64_t last = last_wanted(options.wanted, head.seq);
    export_output output(options.output);
    // A copy of a copy is one of the first log: the chain is the same.
    log_export made(
        log.origin().empty() ? head.log_id : log.origin(),
        options.wanted,
        options.redact,
        [&output](std::string_view text) { output.write(text); });
    {
        progress_bar bar("exporting", last);
        const std::function<void(const bus::stored_event&)> add =
            [&](const bus::stored_event& event) {
                made.add(event);
                bar.reach(event.seq);
            };
        co_await log.read_through(last, add);
    }
    made.finish();
    output.finish();
    if (!options.output.empty())
        std::cout << "exported " << made.events() << " events to " << options.output.string()
                  << "\n";
}

asio::awaitable<int> export_until_stopped(
    const endpoints& where, const events_export_options& options)
{
    if (!co_await until_stopped(export_log(where, options)))
        throw failure("stopped before the end of the log: the export is not whole");
    co_return 0;
}

} // namespace

int events_export(const std::filesystem::path& state, const events_export_options& options)
{
    encryptor::start_cryptography();
    const endpoints where = running_endpoints(state);
    return run_to_end([&] { return export_until_stopped(where, options); });
}

} // namespace cli
