#pragma once

#include "gateway/mail_log.hpp"
#include "mail/event_json.hpp"
#include "mail/ledger.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace gateway::tests {

/// Lets everything on `io` go on until something is so.
inline void run_until(boost::asio::io_context& io, const std::function<bool()>& done)
{
    while (!done()) {
        if (io.stopped()) {
            io.restart();
        }
        io.run_one();
    }
}

/// Drives a coroutine to its end on `io`, whatever else runs there.
template <class T>
T drive(boost::asio::io_context& io, boost::asio::awaitable<T> work)
{
    struct outcome {
        std::optional<T> value;
        std::exception_ptr failure;
    };
    std::optional<outcome> ended;
    boost::asio::co_spawn(io, std::move(work), [&ended](std::exception_ptr thrown, T value) {
        ended = outcome{std::move(value), thrown};
    });
    run_until(io, [&ended] { return ended.has_value(); });
    if (ended->failure) {
        std::rethrow_exception(ended->failure);
    }
    return std::move(*ended->value);
}
inline boost::asio::awaitable<bool> as_bool(boost::asio::awaitable<void> work)
{
    co_await std::move(work);
    co_return true;
}
inline void drive(boost::asio::io_context& io, boost::asio::awaitable<void> work)
{
    drive(io, as_bool(std::move(work)));
}

/// The log and the content store in memory, with the rules of the real ones: all or nothing, ids
/// once, contents whole before an event names them. Can be cut off, and can fail the next appends.
class log_in_memory final : public mail_log {
public:
    mail::ledger ledger;
    std::vector<mail::event> events;
    std::map<std::string, std::vector<std::string>> contents;
    std::set<std::string> named;
    std::map<std::pair<std::string, std::string>, std::string> slots;
    std::function<void(mail::bus_time, const mail::event&)> observer;
    mail::bus_time now = 1'800'000'000'000;
    bool up = true;
    bool imported = false;
    std::vector<boost::system::error_code>
        append_failures;     ///< used up first; stored all the same if unknown
    std::size_t appends = 0; ///< asked for
    std::vector<boost::system::error_code> erase_failures; ///< used up first
    std::set<std::string> unerasable;                      ///< contents whose slots are refused
    bool erasing_ends = true;
    std::function<void()> before_get; ///< of a slot or a chunk; may throw
    std::size_t puts_before_failure = SIZE_MAX;
    std::function<void()> before_catch_up;

    /// As another process would.
    void tell(mail::event_body body, std::string id = "")
    {
        const auto seq = std::to_string(ledger.applied() + 1);
        apply({{id.empty() ? "told-" + seq : std::move(id)}, "/test", std::move(body)});
    }
    /// As at the start of a process: the ledger and its observer see everything from the first
    /// event.
    void replay()
    {
        ledger = {};
        for (std::size_t at = 0; at < events.size(); ++at) {
            ledger.apply(at + 1, times_[at], events[at]);
            if (observer) {
                observer(times_[at], events[at]);
            }
        }
    }
    template <class Body>
    std::vector<Body> all() const
    {
        std::vector<Body> found;
        for (const auto& fact : events) {
            if (const auto* body = std::get_if<Body>(&fact.body)) {
                found.push_back(*body);
            }
        }
        return found;
    }
    bool has_slot(const std::string& content, const std::string& name) const
    {
        return slots.contains({content, name});
    }

    bool connected() const override { return up; }
    bool follow_only() const override { return imported; }
    boost::asio::awaitable<boost::system::error_code> append(bus::append_batch batch) override
    {
        ++appends;
        if (!up) {
            co_return bus::errc::unavailable;
        }
        boost::system::error_code failure;
        if (!append_failures.empty()) {
            failure = append_failures.front();
            append_failures.erase(append_failures.begin());
            if (failure != bus::errc::unknown_outcome) {
                co_return failure;
            }
        }
        for (const auto& content : batch.contents) {
            if (!contents.contains(content)) {
                co_return bus::errc::invalid;
            }
            named.insert(content);
        }
        for (auto& slot : batch.slots) {
            slots[{slot.content, slot.name}] = slot.sealed;
        }
        for (const auto& stored : batch.events) {
            if (ids_.insert(stored.id).second) {
                apply(mail::parse_event(stored.payload));
            }
        }
        co_return failure;
    }
    boost::asio::awaitable<boost::system::error_code> catch_up() override
    {
        if (before_catch_up) {
            std::exchange(before_catch_up, nullptr)();
        }
        co_return up ? boost::system::error_code{} : make_error_code(bus::errc::unavailable);
    }
    boost::asio::awaitable<boost::system::error_code> put_chunk(
        const std::string& content, std::uint32_t index, std::string octets) override
    {
        if (!up || puts_before_failure == 0) {
            co_return bus::errc::unavailable;
        }
        --puts_before_failure;
        auto& chunks = contents[content];
        if (chunks.size() != index) {
            co_return bus::errc::invalid;
        }
        chunks.push_back(std::move(octets));
        co_return boost::system::error_code{};
    }
    boost::asio::awaitable<void> discard(std::string content) override
    {
        if (!named.contains(content)) {
            contents.erase(content);
        }
        co_return;
    }
    bus::chunk_source read_content(std::string content) override
    {
        return [this, content = std::move(content), next = 0U]() mutable {
            return chunk(content, next++);
        };
    }
    boost::asio::awaitable<bus::result<std::string>> chunk(
        const std::string& content, std::uint32_t index)
    {
        if (before_get) {
            before_get();
        }
        const auto found = contents.find(content);
        bus::result<std::string> answer;
        if (!up) {
            answer.error = bus::errc::unavailable;
        } else if (found == contents.end() || index >= found->second.size()) {
            answer.error = bus::errc::not_found;
        } else {
            answer.value = found->second[index];
        }
        co_return answer;
    }
    boost::asio::awaitable<bus::result<std::string>> get_slot(
        const std::string& content, const std::string& name) override
    {
        if (before_get) {
            before_get();
        }
        const auto found = slots.find({content, name});
        bus::result<std::string> answer;
        if (!up) {
            answer.error = bus::errc::unavailable;
        } else if (found == slots.end()) {
            answer.error = bus::errc::not_found;
        } else {
            answer.value = found->second;
        }
        co_return answer;
    }
    boost::asio::awaitable<boost::system::error_code> erase_slots(
        const std::string& content, std::vector<std::string> names) override
    {
        if (!erasing_ends) {
            boost::asio::steady_timer never(
                co_await boost::asio::this_coro::executor,
                boost::asio::steady_timer::time_point::max());
            co_await never.async_wait(boost::asio::use_awaitable);
        }
        if (!erase_failures.empty()) {
            const auto failure = erase_failures.front();
            erase_failures.erase(erase_failures.begin());
            co_return failure;
        }
        if (!up) {
            co_return bus::errc::unavailable;
        }
        if (unerasable.contains(content)) {
            co_return bus::errc::refused;
        }
        for (const auto& name : names) {
            slots.erase({content, name});
        }
        co_return boost::system::error_code{};
    }

private:
    void apply(mail::event fact)
    {
        ledger.apply(ledger.applied() + 1, now, fact);
        events.push_back(fact);
        times_.push_back(now);
        if (observer) {
            observer(now, fact);
        }
    }
    std::set<std::string> ids_;
    std::vector<mail::bus_time> times_;
};

} // namespace gateway::tests
