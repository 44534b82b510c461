#include "cli/digest.hpp"

#include "cli/failure.hpp"
#include "cli/log_replay.hpp"
#include "cli/run_to_end.hpp"
#include "service/tls.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string_view>

namespace cli {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds digest_poll{50};

bool has_ledger(const std::string& process)
{
    return process != "bus" && process != "mailboxes";
}

asio::awaitable<digest_comparison> compare(
    log_replay& replay, const endpoints& where, asio::ssl::context& tls)
{
    digest_comparison result;
    const bus::head head = co_await replay.head();
    std::uint64_t furthest = head.seq;
    for (const auto& [name, base] : where.health) {
        if (!has_ledger(name))
            continue;
        const process_state state = co_await ask_digest(base, tls);
        furthest = std::max(furthest, state.applied);
        result.processes[name] = state;
    }
    // Processes apply while we ask: we go as far as the furthest and compare when all stand there.
    co_await replay.read_through(furthest);
    result.seq = replay.ledger().applied();
    result.own = replay.ledger().digest();
    co_return result;
}

asio::awaitable<int> agree(const endpoints& where, const digest_options& options)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    log_replay replay(executor, where);
    asio::ssl::context tls = service::make_tls_client(where.authority);
    asio::steady_timer pause(executor);
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds(options.timeout_seconds);
    digest_comparison last = co_await compare(replay, where, tls);
    while (!last.at_one_position() && std::chrono::steady_clock::now() < deadline) {
        boost::system::error_code error;
        pause.expires_after(digest_poll);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        last = co_await compare(replay, where, tls);
    }
    std::cout << (options.json ? to_json(last) + "\n" : describe(last));
    co_return last.equal() ? 0 : 1;
}

} // namespace

bool digest_comparison::at_one_position() const
{
    return std::all_of(processes.begin(), processes.end(), [this](const auto& entry) {
        return entry.second.digest && entry.second.applied == seq;
    });
}

bool digest_comparison::equal() const
{
    return at_one_position() &&
           std::all_of(processes.begin(), processes.end(), [this](const auto& entry) {
               return entry.second.digest == own;
           });
}

std::string to_json(const digest_comparison& comparison)
{
    nlohmann::ordered_json result;
    result["seq"] = comparison.seq;
    result["digest"] = comparison.own;
    result["equal"] = comparison.equal();
    result["processes"] = nlohmann::ordered_json::object();
    for (const auto& [name, state] : comparison.processes)
        result["processes"][name] = {
            {"applied", state.applied}, {"digest", state.digest ? *state.digest : std::string()}};
    return result.dump();
}

std::string describe(const digest_comparison& comparison)
{
    std::string text =
        comparison.own + "  own replay of " + std::to_string(comparison.seq) + " events\n";
    for (const auto& [name, state] : comparison.processes) {
        text += state.digest ? *state.digest : std::string(64, '-');
        text += "  " + name;
        if (!state.digest)
            text += ": does not say (" + state.body.substr(0, 200) + ")";
        else if (state.applied != comparison.seq)
            text += ": stands at event " + std::to_string(state.applied);
        else if (state.digest != comparison.own)
            text += ": differs";
        text += "\n";
    }
    return text + (comparison.equal() ? "all equal\n" : "not equal\n");
}

int digest(const std::filesystem::path& state, const digest_options& options)
{
    const endpoints where = running_endpoints(state);
    return run_to_end([&] { return agree(where, options); });
}

} // namespace cli
