#pragma once

#include "mail/events.hpp"
#include "revocation/admin_gate.hpp"

#include <vector>

namespace bus {
class follower;
}

namespace revocation {

struct applied_log;

/// Changes the directory: everything that was sent, or nothing. Entries that say what the directory
/// says already append nothing.
class directory_api {
public:
    directory_api(const applied_log& applied, bus::follower& follower, service::log& log);

    std::vector<service::http_route> routes(const admin_gate& gate);

private:
    using response = boost::asio::awaitable<service::http_response>;
    response change(const service::http_request& request, const token_holder& actor);
    response append(mail::directory_changed change, const token_holder& actor);

    const applied_log& applied_;
    bus::follower& follower_;
    service::log& log_;
};

} // namespace revocation
