#include "gateway/slot_eraser.hpp"

#include "gateway/mail_log.hpp"
#include "service/log.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace gateway {

namespace asio = boost::asio;
using boost::system::error_code;
using clock = asio::steady_timer::clock_type;

namespace {

constexpr std::string_view eraser_form = "sealpost slots to erase 1";

} // namespace

std::chrono::milliseconds erasing_pause(std::chrono::milliseconds first, unsigned failed_rounds)
{
    constexpr std::chrono::milliseconds longest{60'000};
    auto pause = first;
    for (unsigned round = 1; round < failed_rounds && pause < longest; ++round) {
        pause *= 2;
    }
    return std::min(pause, longest);
}

slot_eraser::slot_eraser(
    const asio::any_io_executor& executor,
    mail_log& bus,
    service::log& log,
    std::chrono::milliseconds first_pause)
    : bus_(bus), log_(log), first_pause_(first_pause), wake_(executor)
{}

void slot_eraser::add(const std::string& content, std::string slot)
{
    const bool idle = left_.empty();
    left_[content].insert(std::move(slot));
    if (idle) {
        wake_.cancel(); // else a round goes on, or what failed waits for its time
    }
}

void slot_eraser::stop()
{
    stopping_ = true;
    wake_.cancel();
}

void slot_eraser::write(const mail::octet_sink& to) const
{
    mail::state_writer fields(to);
    fields.constant(eraser_form);
    fields.each(left_, [](auto& in, const auto& entry) {
        in.id("content", entry.first);
        in.each(entry.second, [](auto& inner, const auto& slot) { inner.id("slot", slot); });
    });
    fields.finish();
}

void slot_eraser::read(std::string_view octets)
{
    mail::state_reader fields(octets);
    fields.constant(eraser_form);
    std::vector<std::pair<std::string, std::vector<std::string>>> found;
    fields.each(found, [](auto& in, auto& entry) {
        in.id("content", entry.first);
        in.each(entry.second, [](auto& inner, auto& slot) { inner.id("slot", slot); });
    });
    fields.finish();
    left_.clear();
    for (const auto& [content, slots] : found)
        left_[content].insert(slots.begin(), slots.end());
}

asio::awaitable<void> slot_eraser::run()
{
    unsigned failed_rounds = 0;
    while (!stopping_) {
        if (left_.empty()) {
            co_await sleep_until(clock::time_point::max());
            continue;
        }
        const auto error = co_await erase_round();
        failed_rounds = error ? failed_rounds + 1 : 0;
        if (!error || stopping_) {
            continue;
        }
        const auto pause = erasing_pause(first_pause_, failed_rounds);
        log_.warning(
            "key slots not erased yet",
            {{"error", error.message()},
             {"contents", left_.size()},
             {"again_in_milliseconds", pause.count()}});
        co_await sleep_until(clock::now() + pause);
    }
}

/// Tries each content once; the last failure. One that the bus refuses does not keep the others.
asio::awaitable<error_code> slot_eraser::erase_round()
{
    error_code failure;
    for (auto next = left_.begin(); next != left_.end() && !stopping_;) {
        const auto& [content, slots] = *next;
        std::vector<std::string> names(slots.begin(), slots.end());
        const auto error = co_await bus_.erase_slots(content, names);
        if (error) {
            failure = error;
            if (may_pass(error)) {
                break; // the bus is away for the others, too
            }
            ++next;
            continue;
        }
        // Meanwhile others may have come, also to this content: then it is its turn again.
        for (const auto& name : names) {
            next->second.erase(name);
        }
        next = next->second.empty() ? left_.erase(next) : next;
    }
    co_return failure;
}

asio::awaitable<void> slot_eraser::sleep_until(clock::time_point due)
{
    error_code woken;
    wake_.expires_at(due);
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

} // namespace gateway
