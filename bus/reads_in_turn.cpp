#include "bus/reads_in_turn.hpp"

#include "bus/protocol.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace bus {

reads_in_turn::reads_in_turn(boost::asio::any_io_executor executor, std::size_t most_octets)
    : executor_(std::move(executor)), most_octets_(most_octets)
{}

bool reads_in_turn::ask(const std::string& peer, std::size_t octets, read begin)
{
    of_peer& entry = peers_[peer];
    const std::size_t most =
        waiting_ < limit::waiting_reads_of_all ? limit::waiting_reads : limit::sure_reads;
    if (entry.waiting.size() >= most)
        return false;
    ++waiting_;
    if (entry.waiting.empty())
        turns_.push_back(peer);
    entry.waiting.push_back({octets, std::move(begin)});
    begin_what_may();
    return true;
}

void reads_in_turn::forget(const std::string& peer)
{
    const auto found = peers_.find(peer);
    if (found == peers_.end())
        return;
    std::erase(turns_, peer);
    waiting_ -= found->second.waiting.size();
    found->second.waiting.clear();
    if (found->second.octets == 0)
        peers_.erase(found);
}

void reads_in_turn::begin_what_may()
{
    std::deque<std::string> later; // what begins here leaves less, so who may not may not after it
    while (!turns_.empty()) {
        std::string name = std::move(turns_.front());
        turns_.pop_front();
        of_peer& peer = peers_[name];
        if (!may_begin(peer)) {
            later.push_back(std::move(name));
            continue;
        }
        begin_next(name, peer);
        if (!peer.waiting.empty())
            turns_.push_back(std::move(name));
    }
    turns_ = std::move(later);
}

bool reads_in_turn::may_begin(const of_peer& peer) const
{
    const std::size_t after = octets_ + peer.waiting.front().octets;
    return peer.octets == 0 || (after <= most_octets_ && peer.octets <= most_octets_ - after);
}

void reads_in_turn::begin_next(const std::string& name, of_peer& peer)
{
    const order next = std::move(peer.waiting.front());
    peer.waiting.pop_front();
    --waiting_;
    next.begin(take_share(name, peer, next.octets));
}

reads_in_turn::share reads_in_turn::take_share(
    const std::string& name, of_peer& peer, std::size_t octets)
{
    peer.octets += octets;
    octets_ += octets;
    auto returned = [this, alive = std::weak_ptr<const bool>{alive_}, name, octets] {
        if (alive.lock())
            give_back(name, octets);
    };
    const auto let_go = [executor = executor_, returned = std::move(returned)](const void*) {
        boost::asio::post(executor, returned);
    };
    return {this, let_go}; // not null: a null one counts as none
}

void reads_in_turn::give_back(const std::string& name, std::size_t octets)
{
    octets_ -= octets;
    const auto found = peers_.find(name);
    found->second.octets -= octets;
    if (found->second.octets == 0 && found->second.waiting.empty())
        peers_.erase(found);
    begin_what_may();
}

} // namespace bus
