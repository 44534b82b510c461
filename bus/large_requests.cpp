#include "bus/large_requests.hpp"

#include "bus/protocol.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace bus {

bool large_requests::ask(const std::string& peer, std::size_t octets, std::function<void()> granted)
{
    if (octets > limit::body || waiting_of_[peer] >= limit::waiting_rooms)
        return false;
    ++waiting_of_[peer];
    waiting_.push_back({peer, octets, std::move(granted)});
    return true;
}

void large_requests::came(const std::string& peer, std::size_t octets)
{
    if (octets <= limit::without_room)
        return;
    const auto found = kept_.find(peer);
    if (found == kept_.end())
        return;
    kept_octets_ -= found->second.octets;
    kept_.erase(found);
}

void large_requests::grant(std::size_t writing, time_point now)
{
    give_up_old(now);
    for (auto next = waiting_.begin(); next != waiting_.end();) {
        if (kept_.contains(next->peer)) { // its turn comes after the one that it has
            ++next;
            continue;
        }
        // Nobody overtakes who needs more, or the largest would wait for ever.
        if (writing + kept_octets_ + next->octets > most_octets_)
            return;
        kept_octets_ += next->octets;
        kept_[next->peer] = {next->octets, now};
        if (--waiting_of_[next->peer] == 0)
            waiting_of_.erase(next->peer);
        const std::function<void()> granted = std::move(next->granted);
        next = waiting_.erase(next);
        granted();
    }
}

void large_requests::forget(const std::string& peer)
{
    const auto found = kept_.find(peer);
    if (found != kept_.end()) {
        kept_octets_ -= found->second.octets;
        kept_.erase(found);
    }
    std::erase_if(waiting_, [&peer](const asker& one) { return one.peer == peer; });
    waiting_of_.erase(peer);
}

void large_requests::give_up_old(time_point now)
{
    std::set<std::string> did_not_come;
    std::erase_if(kept_, [&](const auto& entry) {
        if (now - entry.second.since < kept_for)
            return false;
        kept_octets_ -= entry.second.octets;
        did_not_come.insert(entry.first);
        return true;
    });
    if (!did_not_come.empty())
        std::ranges::stable_partition(
            waiting_, [&](const asker& one) { return !did_not_come.contains(one.peer); });
}

} // namespace bus
