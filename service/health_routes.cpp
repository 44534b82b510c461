#include "service/http_server.hpp"
#include "service/json_text.hpp"

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

/// The digest as it was last made.
class known_digest {
public:
    known_digest(std::function<std::uint64_t()> applied, std::function<std::string()> digest)
        : applied_(std::move(applied)), digest_(std::move(digest))
    {}

    std::string json()
    {
        const std::uint64_t applied = applied_();
        if (json_.empty() || applied != at_) {
            at_ = applied;
            json_ = "{\"applied\":" + std::to_string(applied) +
                    ",\"digest\":" + json_quoted(digest_()) + "}";
        }
        return json_;
    }

private:
    std::function<std::uint64_t()> applied_;
    std::function<std::string()> digest_;
    std::uint64_t at_ = 0;
    std::string json_;
};

asio::awaitable<http_response> answer_digest(std::string json)
{
    co_return json_response(200, std::move(json));
}

} // namespace

readiness applied_readiness(bool ready, std::uint64_t applied)
{
    const std::string able = ready ? "true" : "false";
    return {ready, "{\"ready\":" + able + ",\"applied\":" + std::to_string(applied) + "}"};
}

http_route digest_route(std::function<std::uint64_t()> applied, std::function<std::string()> digest)
{
    const auto known = std::make_shared<known_digest>(std::move(applied), std::move(digest));
    http_route route{"GET", "/digest", "digest", {}};
    route.handle = [known](const http_request&) { return answer_digest(known->json()); };
    return route;
}

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
