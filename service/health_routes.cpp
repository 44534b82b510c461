#include "service/http_server.hpp"

#include <utility>

namespace service {
namespace asio = boost::asio;

namespace {

asio::awaitable<http_response> alive(const http_request&)
{
    co_return json_response(200, R"({"alive":true})");
}

asio::awaitable<http_response> answer_ready(readiness now)
{
    co_return json_response(now.ready ? 200 : 503, std::move(now.json));
}

} // namespace

std::vector<http_route> health_routes(std::function<readiness()> ready)
{
    http_route health{"GET", "/healthz", "healthz", alive};
    http_route readiness_route{"GET", "/readyz", "readyz", {}};
    readiness_route.handle = [ready = std::move(ready)](const http_request&) {
        return answer_ready(ready());
    };
    return {std::move(health), std::move(readiness_route)};
}

} // namespace service
