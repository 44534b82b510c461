#include "bus/peers.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace bus {

peers::peers(
    boost::asio::any_io_executor executor,
    zmq_socket& router,
    std::function<void(const std::string& peer)> dropped)
    : executor_(std::move(executor)), router_(router), dropped_(std::move(dropped))
{}

void peers::heard(const std::string& peer, time_point when, bool in_bundle)
{
    known& entry = known_[peer];
    entry.heard = when;
    entry.bundles = in_bundle;
}

void peers::send(const std::string& peer, packet parcel, std::shared_ptr<const void> until_taken)
{
    const auto found = known_.find(peer);
    if (found == known_.end() || !found->second.bundles) {
        if (found != known_.end())
            send_answers(peer, found->second);
        if (send_alone(peer, std::move(parcel), std::move(until_taken)) == send_result::full)
            dropped_(peer);
        return;
    }
    bundle& outgoing = found->second.outgoing;
    if (!outgoing.takes(parcel))
        send_answers(peer, found->second);
    if (outgoing.empty())
        waiting_.push_back(peer);
    outgoing.add(parcel);
    if (until_taken)
        found->second.until_taken.push_back(std::move(until_taken));
    send_soon();
}

send_result peers::send_now(const std::string& peer, packet parcel)
{
    const auto found = known_.find(peer);
    if (found == known_.end())
        return send_alone(peer, std::move(parcel));
    send_answers(peer, found->second);
    if (!found->second.bundles)
        return send_alone(peer, std::move(parcel));
    std::vector<std::string> frames;
    frames.reserve(2);
    frames.push_back(peer);
    frames.push_back(bundle_of_one(std::move(parcel)));
    return router_.try_send(std::move(frames));
}

send_result peers::send_alone(
    const std::string& peer, packet parcel, std::shared_ptr<const void> until_taken)
{
    std::vector<std::string> frames = to_frames(std::move(parcel));
    frames.insert(frames.begin(), peer);
    return router_.try_send(std::move(frames), std::move(until_taken));
}

send_result peers::send_bundle(const std::string& peer, bundle& outgoing, kept_things until_taken)
{
    if (outgoing.empty())
        return send_result::sent;
    std::vector<std::string> frames;
    frames.reserve(2);
    frames.push_back(peer);
    frames.push_back(outgoing.take());
    if (until_taken.empty())
        return router_.try_send(std::move(frames));
    return router_.try_send(
        std::move(frames), std::make_shared<const kept_things>(std::move(until_taken)));
}

void peers::send_answers(const std::string& peer, known& entry)
{
    if (send_bundle(peer, entry.outgoing, std::exchange(entry.until_taken, {})) ==
        send_result::full)
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

} // namespace bus
