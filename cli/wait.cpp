#include "cli/wait.hpp"

#include "cli/failure.hpp"
#include "cli/log_replay.hpp"
#include "cli/log_watch.hpp"
#include "cli/mailboxes_client.hpp"
#include "cli/readiness.hpp"
#include "cli/run_to_end.hpp"
#include "cli/until_stopped.hpp"
#include "encryptor/link_token.hpp"
#include "service/tls.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

namespace cli {

namespace asio = boost::asio;

namespace {

using kind = wait_predicate::kind;
using clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds wait_poll{40};
constexpr std::chrono::seconds least_for_an_answer{5}; // whatever the timeout is

/// What is printed: `value` alone for people and scripts that take one word, or everything as JSON.
struct wait_result {
    std::string value;
    finding found;
};

/// Asks one source again and again until it says yes.
class waiter {
public:
    waiter(asio::any_io_executor executor, endpoints where, const wait_options& options)
        : predicate_(parse_predicate(options.predicate)),
          where_(std::move(where)),
          tls_(service::make_tls_client(where_.authority)),
          since_(options.since),
          watch_(predicate_, options.since)
    {
        if (predicate_.what == kind::applied)
            return;
        replay_ = std::make_unique<log_replay>(executor, where_);
        replay_->watch([this](std::uint64_t seq, const mail::event& fact) {
            watch_.look(seq, fact, replay_->ledger());
        });
        if (predicate_.what == kind::passcode || predicate_.what == kind::link)
            mailboxes_ = std::make_unique<mailboxes_client>(where_);
    }

    asio::awaitable<std::optional<wait_result>> ask()
    {
        if (predicate_.what == kind::applied)
            co_return co_await ask_processes();
        const bus::head head = co_await replay_->head();
        co_await replay_->read_through(head.seq);
        if (predicate_.what == kind::link)
            co_return co_await ask_for_link();
        if (!watch_.found())
            co_return std::nullopt;
        if (predicate_.what == kind::passcode)
            co_return co_await ask_for_passcode();
        co_return wait_result{watch_.found()->text, *watch_.found()};
    }

    std::string seen() const
    {
        if (predicate_.what == kind::applied)
            return seen_;
        return "the last events of the log:" + watch_.seen() + seen_;
    }

private:
    asio::awaitable<std::optional<wait_result>> ask_processes()
    {
        seen_.clear();
        bool all = true;
        for (const auto& [name, base] : where_.health) {
            if (name == "bus" || name == "mailboxes")
                continue; // they derive nothing from the log
            const process_state state = co_await ask_readiness(base, tls_);
            seen_ += "\n  " + name + " stands at event " + std::to_string(state.applied);
            all = all && state.applied >= predicate_.seq;
        }
        if (!all)
            co_return std::nullopt;
        finding found;
        found.seq = predicate_.seq;
        found.text = "applied through " + std::to_string(predicate_.seq);
        co_return wait_result{found.text, found};
    }

    asio::awaitable<std::optional<wait_result>> ask_for_passcode()
    {
        const finding issued = *watch_.found();
        const std::vector<received_mail> mails = co_await mailboxes_->messages(predicate_.address);
        note_mails(mails);
        for (const received_mail& mail : mails) {
            // The reference ties the mail to the newest challenge, so that no older code is given.
            if (!mail.code.empty() && mail.text.find(issued.reference) != std::string::npos)
                co_return wait_result{mail.code, issued};
        }
        co_return std::nullopt;
    }

    asio::awaitable<std::optional<wait_result>> ask_for_link()
    {
        const bool named = !predicate_.id.empty();
        if (named && !watch_.found())
            co_return std::nullopt;
        const std::vector<received_mail> mails = co_await mailboxes_->messages(predicate_.address);
        note_mails(mails);
        for (const received_mail& mail : mails) {
            const std::string link = portal_link(mail);
            if (mail.delivery != "link" || link.empty())
                continue;
            const mail::message_state* const message = message_behind(link);
            if (message == nullptr || message->seq <= since_ ||
                (named && message->accepted.message.text != watch_.found()->message))
                continue;
            finding found;
            found.seq = message->seq;
            found.message = message->accepted.message.text;
            found.text = "link for " + predicate_.address + " in '" + mail.subject + "'";
            co_return wait_result{link, std::move(found)};
        }
        co_return std::nullopt;
    }

    /// The link itself says whose it is, where a Message-ID may be that of many. nullptr: nobody's.
    const mail::message_state* message_behind(std::string_view link) const
    {
        const std::string_view text = link.substr(link.rfind('/') + 1);
        const auto token = encryptor::link_token::parse(text);
        if (!token)
            return nullptr;
        const auto target = replay_->ledger().find_link({token->locator()});
        return target ? replay_->ledger().find(target->message) : nullptr;
    }

    void note_mails(const std::vector<received_mail>& mails)
    {
        seen_ = "\nthe mailbox of " + predicate_.address + " holds " +
                std::to_string(mails.size()) + " mails";
        for (std::size_t index = 0; index < mails.size() && index < 3; ++index)
            seen_ += "\n  " + mails[index].delivery + ": " + mails[index].subject;
    }

    wait_predicate predicate_;
    endpoints where_;
    asio::ssl::context tls_;
    std::uint64_t since_;
    log_watch watch_;
    std::unique_ptr<log_replay> replay_;
    std::unique_ptr<mailboxes_client> mailboxes_;
    std::string seen_;
};

void print(const wait_result& result, const wait_options& options)
{
    if (!options.json) {
        std::cout << result.value << "\n";
        return;
    }
    nlohmann::ordered_json line;
    line["predicate"] = options.predicate;
    line["value"] = result.value;
    line["seq"] = result.found.seq;
    line["network_message_id"] = result.found.message;
    line["text"] = result.found.text;
    std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

/// A process that is just being started again is no reason to give up: its silence is noted.
asio::awaitable<void> ask_once(
    waiter& waiting, std::optional<wait_result>& result, std::string& trouble)
{
    try {
        trouble.clear();
        result = co_await waiting.ask();
    } catch (const failure& silent) {
        trouble = std::string("\n") + silent.what();
    }
}

asio::awaitable<void> wait_until_then(clock::time_point moment)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, moment);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<int> wait_until_true(const endpoints& where, const wait_options& options)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    waiter waiting(executor, where, options);
    asio::steady_timer pause(executor);
    const auto began = clock::now();
    const auto deadline = began + std::chrono::seconds(options.timeout_seconds);
    const auto end = std::max(deadline, began + least_for_an_answer);
    std::string trouble;
    for (;;) {
        std::optional<wait_result> result;
        if (!co_await until(ask_once(waiting, result, trouble), wait_until_then(end)))
            trouble = "\nnot all of the log was read by then";
        if (result) {
            print(*result, options);
            co_return 0;
        }
        if (clock::now() >= deadline)
            throw failure(
                "not within " + std::to_string(options.timeout_seconds) +
                " s: " + options.predicate + "; " + waiting.seen() + trouble);
        boost::system::error_code error;
        pause.expires_after(wait_poll);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

} // namespace

int wait(const std::filesystem::path& state, const wait_options& options)
{
    static_cast<void>(
        parse_predicate(options.predicate)); // wrong arguments come before "nothing runs"
    const endpoints where = running_endpoints(state);
    return run_to_end([&] { return wait_until_true(where, options); });
}

} // namespace cli
