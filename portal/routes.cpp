#include "portal/routes.hpp"

#include "portal/pages.hpp"

#include <iterator>
#include <utility>

namespace portal {

namespace asio = boost::asio;
using service::http_request;
using service::http_response;
using service::http_route;

namespace {

/// A form holds a code and a challenge.
constexpr std::size_t form_limit = 4 * 1024;

asio::awaitable<http_response> ready_made(std::function<http_response()> make)
{
    co_return make();
}

http_route fixed(
    std::string_view pattern, std::string_view name, std::function<http_response()> make)
{
    http_route route;
    route.method = "GET";
    route.pattern = pattern;
    route.name = name;
    route.handle = [make = std::move(make)](const http_request&) { return ready_made(make); };
    return route;
}

/// What is asked about a message: not answered over a log that was imported.
template <class Owner>
http_route member(
    const mail_log& bus,
    std::string_view method,
    std::string_view pattern,
    std::string_view name,
    Owner& owner,
    asio::awaitable<http_response> (Owner::*handler)(const http_request&))
{
    http_route route;
    route.method = method;
    route.pattern = pattern;
    route.name = name;
    route.handle = [&bus, &owner, handler](const http_request& request) {
        if (bus.follow_only()) {
            return ready_made([&bus] { return replay_page(frame_of(bus.ledger(), {})); });
        }
        return (owner.*handler)(request);
    };
    route.body_limit = form_limit;
    return route;
}

} // namespace

std::vector<http_route> make_routes(
    const mail_log& bus,
    reading_routes& reading,
    sign_in_routes& signing_in,
    std::function<service::readiness()> ready)
{
    std::vector<http_route> routes;
    routes.push_back(
        fixed("/", "welcome", [&bus] { return welcome_page(frame_of(bus.ledger(), {})); }));
    routes.push_back(fixed("/style.css", "style", style_sheet));
    routes.push_back(fixed("/favicon.ico", "icon", icon));
    routes.push_back(member(bus, "GET", "/m/{token}", "view", reading, &reading_routes::view));
    routes.push_back(member(
        bus,
        "GET",
        "/m/{token}/attachments/{index}",
        "attachment",
        reading,
        &reading_routes::download));
    routes.push_back(
        member(bus, "POST", "/m/{token}/passcode", "passcode", signing_in, &sign_in_routes::ask));
    routes.push_back(member(
        bus, "GET", "/m/{token}/sign-in", "sign-in form", signing_in, &sign_in_routes::form));
    routes.push_back(member(
        bus, "POST", "/m/{token}/sign-in", "sign-in", signing_in, &sign_in_routes::try_code));
    routes.push_back(member(
        bus, "POST", "/m/{token}/sign-out", "sign-out", signing_in, &sign_in_routes::sign_out));
    routes.push_back(member(
        bus,
        "GET",
        "/m/{token}/signed-out",
        "signed-out",
        signing_in,
        &sign_in_routes::signed_out));
    std::vector<http_route> health = service::health_routes(std::move(ready));
    std::move(health.begin(), health.end(), std::back_inserter(routes));
    return routes;
}

std::vector<http_route> make_health_routes(
    const mail_log& bus, std::function<service::readiness()> ready)
{
    std::vector<http_route> routes = service::health_routes(std::move(ready));
    routes.push_back(service::digest_route(
        [&bus] { return bus.ledger().applied(); }, [&bus] { return bus.ledger().digest(); }));
    return routes;
}

} // namespace portal
