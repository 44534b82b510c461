#pragma once

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

/// The networks whose hosts may send mail through us; everybody else is refused, so this is no open
/// relay.
class allowed_networks {
public:
    /// "127.0.0.0/8", "::1/128", or a single address; false: it is none of these, nothing is added.
    bool add(const std::string& network);
    /// `address` as text; IPv4 inside IPv6 counts as IPv4. false for what is no address.
    bool contain(const std::string& address) const;

private:
    std::vector<boost::asio::ip::network_v4> v4_;
    std::vector<boost::asio::ip::network_v6> v6_;
};

} // namespace gateway
