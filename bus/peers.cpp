#include "bus/peers.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace bus {
namespace {

constexpr std::size_t octets_besides = 32; // of a packet, beside its body

} // namespace

/// Lives until ZeroMQ has taken what it counts.
struct peers::counted_octets {
    counted_octets(octets_there among, std::size_t octets)
        : not_taken(std::move(among)), octets(octets)
    {
        *not_taken += octets;
    }
    ~counted_octets() { *not_taken -= octets; }
    counted_octets(const counted_octets&) = delete;
    counted_octets& operator=(const counted_octets&) = delete;

    octets_there not_taken;
    std::size_t octets;
};

/// What a bundle of answers counts and keeps.
struct peers::under_way {
    explicit under_way(known& entry)
        : answers(entry.answers, std::exchange(entry.octets, 0)),
          things(std::exchange(entry.until_taken, {}))
    {}

    counted_octets answers;
    kept_things things;
};

peers::peers(
    boost::asio::any_io_executor executor,
    zmq_socket& router,
    std::size_t most_octets,
    std::function<void(const std::string& peer)> dropped)
    : executor_(std::move(executor)),
      router_(router),
      most_octets_(most_octets),
      dropped_(std::move(dropped))
{}

void peers::heard(const std::string& peer, time_point when)
{
    known_[peer].heard = when;
    std::erase(gone_, peer); // another connection by the same name
}

void peers::send(const std::string& peer, packet parcel, std::shared_ptr<const void> until_taken)
{
    known& entry = known_[peer];
    if (!entry.outgoing.takes(parcel))
        send_answers(peer, entry);
    if (entry.outgoing.empty())
        waiting_.push_back(peer);
    entry.outgoing.add(parcel);
    if (until_taken)
        entry.until_taken.push_back(std::move(until_taken));
    else
        entry.octets += parcel.body.size() + octets_besides;
    send_soon();
}

send_result peers::send_now(const std::string& peer, packet parcel)
{
    known& entry = known_[peer];
    send_answers(peer, entry);
    if (*entry.sent_now >= most_octets_)
        return send_result::full;
    auto counted = std::make_shared<const counted_octets>(entry.sent_now, parcel.body.size());
    return send_frame(peer, bundle_of_one(std::move(parcel)), std::move(counted));
}

send_result peers::send_frame(
    const std::string& peer, std::string frame, std::shared_ptr<const void> until_taken)
{
    std::vector<std::string> frames;
    frames.reserve(2);
    frames.push_back(peer);
    frames.push_back(std::move(frame));
    const send_result result = router_.try_send(std::move(frames), std::move(until_taken));
    if (result == send_result::unreachable)
        gone_.push_back(peer);
    return result;
}

void peers::send_answers(const std::string& peer, known& entry)
{
    if (entry.outgoing.empty())
        return;
    std::string frame = entry.outgoing.take();
    auto kept = std::make_shared<const under_way>(entry);
    if (*entry.answers > most_octets_ ||
        send_frame(peer, std::move(frame), std::move(kept)) == send_result::full)
        dropped_(peer);
}

void peers::send_soon()
{
    if (std::exchange(send_due_, true))
        return;
    boost::asio::post(executor_, [this, alive = std::weak_ptr<const bool>{alive_}] {
        if (alive.lock())
            send_all();
    });
}

void peers::send_all()
{
    send_due_ = false;
    for (const std::string& peer : std::exchange(waiting_, {})) {
        const auto found = known_.find(peer);
        if (found != known_.end())
            send_answers(peer, found->second);
    }
}

std::vector<std::string> peers::forget_silent(time_point since)
{
    std::vector<std::string> forgotten;
    std::erase_if(known_, [&](const auto& entry) {
        if (entry.second.heard > since)
            return false;
        forgotten.push_back(entry.first);
        return true;
    });
    return forgotten;
}

std::vector<std::string> peers::forget_gone()
{
    for (const std::string& peer : gone_)
        known_.erase(peer);
    return std::exchange(gone_, {});
}

} // namespace bus
