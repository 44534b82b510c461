#pragma once

#include "bus/errc.hpp"
#include "mail/event_json.hpp"
#include "portal/mail_log.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tests {

/// A log in memory that behaves as the bus does: appends are applied at once and in order, contents
/// and slots are kept, a repeated id is refused, nothing works while it is down.
class fake_mail_log final : public portal::mail_log {
public:
    const mail::ledger& ledger() const override { return ledger_; }
    bool connected() const override { return !down; }
    bool follow_only() const override { return imported; }

    boost::asio::awaitable<boost::system::error_code> catch_up() override { co_return state(); }

    boost::asio::awaitable<boost::system::error_code> append_and_apply(
        bus::append_batch batch) override
    {
        if (const auto hook = before_append) { // which may replace itself
            hook(batch);
        }
        if (state()) {
            co_return state();
        }
        if (lose_answer) { // on disk, but the answer never comes
            take(batch);
            co_return bus::errc::unknown_outcome;
        }
        take(batch);
        co_return boost::system::error_code{};
    }

    boost::asio::awaitable<boost::system::error_code> append(bus::append_batch batch) override
    {
        return append_and_apply(std::move(batch));
    }

    boost::asio::awaitable<boost::system::error_code> put_chunk(
        const std::string& content, std::uint32_t index, std::string octets) override
    {
        if (!state()) {
            contents[content].resize(index + 1);
            contents[content][index] = std::move(octets);
        }
        co_return state();
    }

    boost::asio::awaitable<void> discard(const std::string& content) override
    {
        contents.erase(content);
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
        bus::result<std::string> answer;
        answer.error = state();
        const auto& chunks = contents[content];
        if (!answer.error && index >= chunks.size()) {
            answer.error = bus::errc::not_found;
        }
        if (!answer.error) {
            answer.value = chunks[index];
        }
        co_return answer;
    }

    boost::asio::awaitable<bus::result<std::string>> get_slot(
        const std::string& content, const std::string& name) override
    {
        bus::result<std::string> answer;
        answer.error = state();
        const auto found = slots.find({content, name});
        if (!answer.error && found == slots.end()) {
            answer.error = bus::errc::not_found;
        }
        if (!answer.error) {
            answer.value = found->second;
        }
        co_return answer;
    }

    /// Of another process.
    void append_now(const mail::event& fact)
    {
        bus::append_batch batch;
        batch.events.push_back(portal::on_the_bus(fact));
        take(batch);
    }

    std::size_t count(std::string_view type) const
    {
        std::size_t found = 0;
        for (const bus::event& event : events) {
            found += event.type == type ? 1 : 0;
        }
        return found;
    }

    template <class Body>
    const Body& last() const
    {
        for (auto at = facts.rbegin(); at != facts.rend(); ++at) {
            if (const Body* body = std::get_if<Body>(&at->body)) {
                return *body;
            }
        }
        throw std::logic_error{"no such event"};
    }

    bool down = false;
    bool imported = false;
    bool lose_answer = false;
    mail::bus_time now = 1'800'000'000'000;
    std::function<void(const bus::append_batch&)> before_append;
    std::vector<bus::event> events;
    std::vector<mail::event> facts;
    std::map<std::string, std::vector<std::string>> contents;
    std::map<std::pair<std::string, std::string>, std::string> slots;

private:
    boost::system::error_code state() const
    {
        return down ? make_error_code(bus::errc::unavailable) : boost::system::error_code{};
    }

    void take(const bus::append_batch& batch)
    {
        for (const bus::key_slot& slot : batch.slots) {
            slots[{slot.content, slot.name}] = slot.sealed;
        }
        for (const bus::event& event : batch.events) {
            for (const bus::event& earlier : events) {
                if (earlier.id == event.id) {
                    throw std::logic_error{"the id stands in the log"};
                }
            }
            events.push_back(event);
            facts.push_back(mail::parse_event(event.payload));
            ledger_.apply(events.size(), now, facts.back());
        }
    }

    mail::ledger ledger_;
};

} // namespace tests
