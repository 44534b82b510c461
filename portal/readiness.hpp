#pragma once

#include "bus/client.hpp"
#include "portal/mail_log.hpp"
#include "service/http_server.hpp"

#include <boost/asio/awaitable.hpp>

namespace portal {

/// Whether this portal can show anything: connected, and once caught up with the log's head.
class readiness {
public:
    explicit readiness(mail_log& log) : log_(log) {}

    /// {"ready","applied"}
    service::readiness now() const;
    /// Ends after the first catch-up.
    boost::asio::awaitable<void> watch(bus::client& bus);

private:
    mail_log& log_;
    bool caught_up_ = false;
};

} // namespace portal
