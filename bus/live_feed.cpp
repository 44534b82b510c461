#include "bus/live_feed.hpp"

#include "bus/memory_bounds.hpp"

#include <memory>
#include <utility>

namespace bus {
namespace {

std::optional<refusal> compare(const subscribe_request& wish, const std::optional<hash>& own)
{
    const std::string place = std::to_string(wish.from - 1);
    if (!own)
        return refusal{
            wire_error::different_log,
            "this log ends before event " + place +
                ", which the client has applied: is it an older copy? Put the right log back"};
    if (*own != wish.known)
        return refusal{
            wire_error::different_log,
            "event " + place +
                " of this log is another one than the client has applied: put the right log back"};
    return std::nullopt;
}

refusal too_many()
{
    return {
        wire_error::invalid,
        "a connection has at most " + std::to_string(limit::subscriptions) +
            " subscriptions: cancel one first"};
}

/// Not too_many(): a disk that hangs must not end who asks again and again.
refusal too_many_looked_up()
{
    return {
        wire_error::late,
        "many subscriptions of this connection are looked up on the disk: try again"};
}

refusal cancelled()
{
    return {wire_error::not_found, "the subscription was cancelled before it began"};
}

} // namespace

live_feed::live_feed(reader& disk, sender send, std::uint64_t head)
    : disk_(disk),
      send_(std::move(send)),
      head_(head),
      recent_(bounds_of_memory().recent_events),
      to_all_(bounds_of_memory().subscribed)
{}

void live_feed::remember(const stored_event& fact)
{
    recent_.push(fact);
    head_ = fact.seq;
}

void live_feed::subscribe(
    const key& who,
    const subscribe_request& wish,
    std::function<void(std::optional<refusal>)> answer)
{
    const auto begin = [this, who, wish, answer](const std::optional<hash>& own) {
        const std::optional<refusal> refused =
            has_room_for(who) ? compare(wish, own) : std::optional{too_many()};
        answer(refused);
        if (refused)
            return;
        const auto added = subscriptions_.insert_or_assign(who, subscription{wish, to_all_}).first;
        pump_one(added->first, added->second);
    };
    looked_up_.erase(who); // an earlier one of that number, whose place this one takes
    if (const auto own = recent_.hash_of(wish.from - 1))
        return begin(own);
    if (look_ups_of_[who.first] >= limit::subscriptions)
        return answer(too_many_looked_up());
    ++look_ups_of_[who.first];
    const std::uint64_t number = ++look_ups_;
    looked_up_[who] = number;
    const auto look_up = [this, who, wish, number, begin, answer](journal_reader& log) {
        const std::optional<hash> own = log.hash_of(wish.from - 1);
        if (wish.from > 1 && own && *own != wish.known)
            log.check(wish.from - 1); // damage is not another history
        return std::function<void()>{[this, who, number, begin, answer, own] {
            if (end_look_up(who, number))
                begin(own);
            else
                answer(cancelled());
        }};
    };
    disk_.ask(look_up, [this, who, number, answer](refusal why) {
        end_look_up(who, number);
        answer(std::move(why));
    });
}

/// False: it was cancelled meanwhile, or another one took its place.
bool live_feed::end_look_up(const key& who, std::uint64_t number)
{
    if (--look_ups_of_[who.first] == 0)
        look_ups_of_.erase(who.first);
    const auto found = looked_up_.find(who);
    const bool wanted = found != looked_up_.end() && found->second == number;
    if (wanted)
        looked_up_.erase(found);
    return wanted;
}

void live_feed::cancel(const key& who)
{
    subscriptions_.erase(who);
    looked_up_.erase(who);
}

/// Each costs its window of events in memory and on the way.
bool live_feed::has_room_for(const key& who) const
{
    std::size_t others = 0;
    for (auto at = subscriptions_.lower_bound({who.first, 0});
         at != subscriptions_.end() && at->first.first == who.first;
         ++at)
        if (at->first != who)
            ++others;
    return others < limit::subscriptions;
}

void live_feed::credit(const key& who, const credit_request& given)
{
    const auto found = subscriptions_.find(who);
    if (found == subscriptions_.end()) {
        send_(who, verb::end, encode(refusal{wire_error::not_found, "no such subscription"}));
        return;
    }
    found->second.credit(given);
    pump_one(who, found->second);
}

void live_feed::forget_peer(const std::string& peer)
{
    const auto is_of_peer = [&peer](const auto& entry) { return entry.first.first == peer; };
    std::erase_if(subscriptions_, is_of_peer);
    std::erase_if(looked_up_, is_of_peer);
}

void live_feed::end_all(const refusal& why)
{
    looked_up_.clear();
    for (const auto& [who, to] : std::exchange(subscriptions_, {}))
        send_(who, verb::end, encode(why));
}

void live_feed::end(const key& who, const refusal& why)
{
    if (subscriptions_.erase(who) > 0)
        send_(who, verb::end, encode(why));
}

void live_feed::pump()
{
    for (auto& [who, to] : subscriptions_)
        pump_one(who, to);
}

void live_feed::pump_one(const key& who, subscription& to)
{
    while (to.next() <= head_ && to.room() > 0) {
        if (to.cursor() || !recent_.holds(to.next()))
            return read_for(who, to);
        event_batch batch{to.next(), to.last(), to.room()};
        recent_.fill(batch);
        if (!deliver(who, to, batch))
            return;
    }
}

bool live_feed::deliver(const key& who, subscription& to, event_batch& batch)
{
    std::string body = batch.take_body();
    const std::size_t octets = body.size();
    if (send_(who, verb::events, std::move(body)) != send_result::sent)
        return false; // its queue was full: pumped again later; or it is gone, and soon forgotten
    to.sent(batch, octets);
    return true;
}

/// Stops where memory holds what comes next, so that a subscriber that has caught up is fed from
/// it.
void live_feed::read_for(const key& who, subscription& to)
{
    while (!recent_.holds(to.next_to_order())) {
        const std::uint32_t events = to.room_to_order(head_);
        if (events == 0)
            return;
        order(who, to, events);
    }
}

void live_feed::order(const key& who, subscription& to, std::uint32_t events)
{
    to.ordered(events);
    const auto read = [this, who, by = to.cursor(), events](journal_reader& log) {
        const auto batch = std::make_shared<event_batch>(by->next, by->last, events);
        log.read_events(*batch);
        if (batch->count() == 0) // but the head is behind it
            log.check(batch->next());
        *by = {batch->next(), batch->last()};
        return std::function<void()>{
            [this, who, by, events, batch] { take_read(who, by, events, *batch); }};
    };
    disk_.ask(read, [this, who, by = to.cursor()](const refusal& why) {
        if (waits_for(who, by))
            end(who, why);
    });
}

/// False: it was cancelled, or began anew, after the order.
bool live_feed::waits_for(const key& who, const std::shared_ptr<log_cursor>& by) const
{
    const auto found = subscriptions_.find(who);
    return found != subscriptions_.end() && found->second.cursor() == by;
}

void live_feed::take_read(
    const key& who,
    const std::shared_ptr<log_cursor>& by,
    std::uint32_t ordered,
    event_batch& batch)
{
    if (!waits_for(who, by))
        return;
    subscription& to = subscriptions_.at(who);
    const bool has_room = to.order_came(ordered, batch.octets());
    if (batch.count() > 0 && !(has_room && deliver(who, to, batch)))
        return to.forget_orders(); // it is read again
    pump_one(who, to);
}

} // namespace bus
