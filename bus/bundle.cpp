#include "bus/bundle.hpp"

#include <algorithm>
#include <utility>

namespace bus {
namespace {

std::string_view octets_of_broker(const broker_id& broker)
{
    return {reinterpret_cast<const char*>(broker.data()), broker.size()};
}

constexpr std::size_t place_of_count = protocol_name.size() + broker_id{}.size();

} // namespace

bool bundle::takes(const packet& next) const
{
    return empty() || (next.broker == broker_ && count_ < most_packets &&
                       octets_.size() + next.body.size() <= most_octets);
}

void bundle::add(const packet& next)
{
    if (empty()) {
        broker_ = next.broker;
        octets_.raw(protocol_name).raw(octets_of_broker(broker_)).u32(0);
    }
    octets_.text(next.verb).u64(next.request).text(next.body);
    ++count_;
}

std::string bundle::take()
{
    const std::string count = octet_writer{}.u32(std::exchange(count_, 0)).take();
    std::string frame = octets_.take();
    octets_.clear();
    frame.replace(place_of_count, count.size(), count);
    return frame;
}

std::string bundle_of_one(packet alone)
{
    octet_writer head;
    head.raw(protocol_name).raw(octets_of_broker(alone.broker)).u32(1).text(alone.verb);
    head.u64(alone.request).u32(static_cast<std::uint32_t>(alone.body.size()));
    std::string frame = std::move(alone.body);
    frame.insert(0, head.view());
    return frame;
}

std::optional<std::vector<packet>> from_bundle(std::string frame)
{
    if (!frame.starts_with(protocol_name))
        return std::nullopt;
    try {
        octet_reader fields{std::string_view{frame}.substr(protocol_name.size())};
        broker_id broker;
        std::ranges::copy(fields.raw(broker.size()), broker.begin());
        std::vector<packet> packets(fields.count(limit::packets));
        std::string_view body;
        for (packet& next : packets) {
            next.verb = fields.text(limit::verb);
            next.request = fields.u64();
            next.broker = broker;
            body = fields.text(limit::body);
            if (packets.size() > 1)
                next.body = body;
        }
        fields.finish();
        if (packets.size() == 1) { // its body is what ends the frame
            frame.erase(0, frame.size() - body.size());
            packets.front().body = std::move(frame);
        }
        return packets;
    } catch (const malformed&) {
        return std::nullopt;
    }
}

} // namespace bus
