#include "gateway/allowed_networks.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace gateway {

namespace ip = boost::asio::ip;

namespace {

bool in(const ip::network_v4& network, const ip::address_v4& address)
{
    return ip::network_v4(address, network.prefix_length()).canonical() == network;
}

bool in(const ip::network_v6& network, const ip::address_v6& address)
{
    return ip::network_v6(address, network.prefix_length()).canonical() == network;
}

} // namespace

bool allowed_networks::add(const std::string& network)
{
    boost::system::error_code error;
    const bool single = network.find('/') == std::string::npos;
    const auto v4 = ip::make_network_v4(single ? network + "/32" : network, error);
    if (!error) {
        v4_.push_back(v4.canonical());
        return true;
    }
    error.clear();
    const auto v6 = ip::make_network_v6(single ? network + "/128" : network, error);
    if (!error) {
        v6_.push_back(v6.canonical());
        return true;
    }
    return false;
}

bool allowed_networks::contain(const std::string& text) const
{
    boost::system::error_code error;
    const auto address = ip::make_address(text, error);
    if (error) {
        return false;
    }
    if (address.is_v6() && !address.to_v6().is_v4_mapped()) {
        return std::any_of(v6_.begin(), v6_.end(), [&](const auto& network) {
            return in(network, address.to_v6());
        });
    }
    const auto v4 =
        address.is_v4() ? address.to_v4() : ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return std::any_of(
        v4_.begin(), v4_.end(), [&](const auto& network) { return in(network, v4); });
}

} // namespace gateway
