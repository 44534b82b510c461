#include "revocation/read_api.hpp"

#include "bus/follower.hpp"
#include "revocation/admin_input.hpp"
#include "revocation/applied_log.hpp"
#include "revocation/directory_json.hpp"
#include "revocation/find_message.hpp"

namespace asio = boost::asio;

namespace revocation {

namespace {

constexpr const char* not_known = "The log can't be read now, so this is not known.";

} // namespace

read_api::read_api(const applied_log& applied, bus::follower& follower)
    : applied_(applied), follower_(follower)
{}

std::vector<service::http_route> read_api::routes(const admin_gate& gate)
{
    using needs = admin_gate::needs;
    std::vector<service::http_route> table;
    const auto add = [&](const char* pattern, const char* name, admin_act act) {
        table.push_back(gate.route("GET", pattern, name, needs::reading, std::move(act)));
    };
    add("/v1/messages", "messages", [this](const auto& request, const auto&) {
        return list(request);
    });
    add("/v1/messages/{id}", "status", [this](const auto& request, const auto&) {
        return status(request);
    });
    add("/v1/trace/{id}", "trace", [this](const auto& request, const auto&) {
        return trace(request);
    });
    add("/v1/directory", "directory", [this](const auto&, const auto&) { return directory(); });
    return table;
}

read_api::response read_api::list(const service::http_request& request)
{
    const auto wanted = parse_search(request.query);
    if (!wanted.ok()) {
        problem refusal;
        refusal.status = 400;
        refusal.detail = "The search can't be read.";
        refusal.faults = wanted.faults;
        co_return answer(refusal);
    }
    if (const auto error = co_await follower_.catch_up())
        co_return unavailable(error, not_known);
    const found_messages found = search(applied_.ledger, wanted.value);
    co_return service::json_response(200, messages_json(applied_.ledger, found));
}

read_api::response read_api::status(const service::http_request& request)
{
    if (const auto error = co_await follower_.catch_up())
        co_return unavailable(error, not_known);
    one_message found = find_message(applied_.ledger, request.parameters.at("id"));
    if (found.refusal)
        co_return std::move(*found.refusal);
    co_return service::json_response(200, message_json(applied_.ledger, *found.message));
}

read_api::response read_api::trace(const service::http_request& request)
{
    if (const auto error = co_await follower_.catch_up())
        co_return unavailable(error, not_known);
    one_message found = find_message(applied_.ledger, request.parameters.at("id"));
    if (found.refusal)
        co_return std::move(*found.refusal);
    const auto& rows = applied_.trace.rows(found.message->accepted.message);
    co_return service::json_response(200, trace_json(*found.message, rows));
}

read_api::response read_api::directory()
{
    if (const auto error = co_await follower_.catch_up())
        co_return unavailable(error, not_known);
    co_return service::json_response(200, directory_json(applied_.ledger));
}

} // namespace revocation
