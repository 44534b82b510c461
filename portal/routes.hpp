#pragma once

#include "portal/mail_log.hpp"
#include "portal/reading_routes.hpp"
#include "portal/sign_in_routes.hpp"
#include "service/http_server.hpp"

#include <functional>
#include <vector>

namespace portal {

/// The portal's addresses, in one table. Logged by name: the path of a link holds its token.
/// `reading` and `signing_in` outlive the routes, and so does what `ready` looks at.
std::vector<service::http_route> make_routes(
    const mail_log& bus,
    reading_routes& reading,
    sign_in_routes& signing_in,
    std::function<service::readiness()> ready);

/// The health page, for loopback: readiness, and the digest of what the log meant so far.
std::vector<service::http_route> make_health_routes(
    const mail_log& bus, std::function<service::readiness()> ready);

} // namespace portal
