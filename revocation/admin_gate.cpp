#include "revocation/admin_gate.hpp"

#include "service/log.hpp"

namespace asio = boost::asio;

namespace revocation {

namespace {

service::http_response unauthorized(bool presented)
{
    problem refusal;
    refusal.status = 401;
    refusal.detail =
        presented ? "This token is unknown." : "Send a token: Authorization: Bearer TOKEN.";
    service::http_response response = answer(refusal);
    response.headers.emplace_back(
        "WWW-Authenticate",
        presented ? R"(Bearer realm="sealpost", error="invalid_token")"
                  : R"(Bearer realm="sealpost")");
    return response;
}

} // namespace

admin_gate::admin_gate(token_table tokens, service::log& log, std::function<bool()> follow_only)
    : tokens_(std::move(tokens)), log_(log), follow_only_(std::move(follow_only))
{}

service::http_route admin_gate::route(
    std::string method,
    std::string pattern,
    std::string name,
    needs needed,
    admin_act act,
    std::size_t body_limit) const
{
    service::http_route made;
    made.method = std::move(method);
    made.pattern = std::move(pattern);
    made.name = std::move(name);
    made.handle = [this, needed, act = std::move(act)](const service::http_request& request) {
        return admit(request, needed, act);
    };
    made.body_limit = body_limit;
    return made;
}

asio::awaitable<service::http_response> admin_gate::admit(
    const service::http_request& request, needs needed, const admin_act& act) const
{
    const std::string authorization = request.header("authorization");
    const token_holder* holder = tokens_.find(bearer_token(authorization));
    if (!holder) {
        log_.warning("admin.unknown_caller", {{"from", request.remote_address}});
        co_return unauthorized(!bearer_token(authorization).empty());
    }
    if (needed == needs::changing && !holder->may_change()) {
        log_.warning("admin.not_allowed", {{"actor", holder->name}});
        problem refusal;
        refusal.status = 403;
        refusal.detail = "An auditor may read and change nothing.";
        co_return answer(refusal);
    }
    if (needed == needs::changing && follow_only_()) {
        problem refusal;
        refusal.status = 409;
        refusal.detail = "This log was imported and is follow-only: it can be read, and nothing in "
                         "it can be changed. Nothing was done.";
        co_return answer(refusal);
    }
    co_return co_await act(request, *holder);
}

service::http_response answer(const problem& refusal)
{
    service::http_response response = service::json_response(refusal.status, to_json(refusal));
    std::erase_if(response.headers, [](const auto& header) {
        return header.first == "Content-Type" || header.first == "content-type";
    });
    response.headers.emplace_back("Content-Type", "application/problem+json");
    return response;
}

service::http_response unavailable(const boost::system::error_code& error, const std::string& what)
{
    problem refusal;
    refusal.status = 503;
    refusal.detail = what + " (" + error.message() + ")";
    service::http_response response = answer(refusal);
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

} // namespace revocation
