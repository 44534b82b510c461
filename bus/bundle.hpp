#pragma once

#include "bus/protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bus {

/// Packets of one sender for one peer that go out as one message of one frame: it is encrypted once
/// for all that was said in one turn, and can't come in parts. (libzmq 4.3.4 aborts a process whose
/// connection ends, with ZMQ_IMMEDIATE, between two frames that it reads.)
class bundle {
public:
    static constexpr std::size_t most_octets = 256 * 1024; ///< but always room for one packet
    /// Fewer than a peer takes: it works on the first ones while the next are put together.
    static constexpr std::uint32_t most_packets = 32;

    bool empty() const { return count_ == 0; }
    /// False: it is full, or holds packets with another broker id; send it first.
    bool takes(const packet& next) const;
    /// The next of this bundle; `takes` said that it may be.
    void add(const packet& next);
    /// The frame; the bundle is empty again.
    std::string take();

private:
    broker_id broker_{};
    std::uint32_t count_ = 0;
    octet_writer octets_;
};

/// The frame of a bundle of this packet alone. Where its body has some 70 octets of capacity left,
/// the frame is made in place.
std::string bundle_of_one(packet alone);

/// The packets of a message that has this one frame; nullopt when it is no bundle.
std::optional<std::vector<packet>> from_bundle(std::string frame);

} // namespace bus
