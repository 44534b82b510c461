#pragma once

#include "revocation/admin_gate.hpp"

#include <vector>

namespace bus {
class follower;
}

namespace revocation {

struct applied_log;

/// What auditors may do: search, status, trace and the directory as it is. Every answer holds what
/// the log said when the request came, or it is a 503.
class read_api {
public:
    read_api(const applied_log& applied, bus::follower& follower);

    std::vector<service::http_route> routes(const admin_gate& gate);

private:
    using response = boost::asio::awaitable<service::http_response>;
    response list(const service::http_request& request);
    response status(const service::http_request& request);
    response trace(const service::http_request& request);
    response directory();

    const applied_log& applied_;
    bus::follower& follower_;
};

} // namespace revocation
