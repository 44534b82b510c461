#include "revocation/directory_api.hpp"

#include "bus/follower.hpp"
#include "revocation/applied_log.hpp"
#include "revocation/directory_change.hpp"
#include "revocation/directory_json.hpp"
#include "revocation/log_events.hpp"
#include "service/log.hpp"

namespace asio = boost::asio;

namespace revocation {

namespace {

constexpr std::size_t longest_body = 8 * 1024 * 1024;

service::http_response unprocessable(std::vector<input_fault> faults)
{
    problem refusal;
    refusal.status = 422;
    refusal.detail = "The directory was not changed: " + std::to_string(faults.size()) +
                     " faults, listed in errors.";
    refusal.faults = std::move(faults);
    return answer(refusal);
}

} // namespace

directory_api::directory_api(const applied_log& applied, bus::follower& follower, service::log& log)
    : applied_(applied), follower_(follower), log_(log)
{}

std::vector<service::http_route> directory_api::routes(const admin_gate& gate)
{
    const admin_act act = [this](const auto& request, const auto& actor) {
        return change(request, actor);
    };
    std::vector<service::http_route> table;
    table.push_back(gate.route(
        "POST",
        "/v1/directory",
        "change-directory",
        admin_gate::needs::changing,
        act,
        longest_body));
    return table;
}

directory_api::response directory_api::change(
    const service::http_request& request, const token_holder& actor)
{
    if (const auto error = co_await follower_.catch_up())
        co_return unavailable(error, "The log can't be reached; nothing was done.");
    auto wanted = parse_directory(request.body, applied_.ledger.organisation());
    if (!wanted.ok())
        co_return unprocessable(std::move(wanted.faults));
    mail::directory_changed change = differences(std::move(wanted.value), applied_.ledger);
    if (is_empty(change))
        co_return service::json_response(200, to_json(directory_answer{}));
    change.actor = actor.name;
    co_return co_await append(std::move(change), actor);
}

directory_api::response directory_api::append(
    mail::directory_changed change, const token_holder& actor)
{
    directory_answer done;
    done.organisation = change.organisation.has_value();
    done.domains = change.domains.size();
    done.recipients = change.recipients.size();
    bus::append_batch batch;
    for (mail::directory_changed& part : cut(change))
        batch.events.push_back(to_bus(make_event(std::move(part))));
    const auto appended = co_await follower_.append_and_apply(std::move(batch));
    if (appended.error)
        co_return unavailable(
            appended.error,
            "It is not known whether the change was recorded. Repeat it: a repeat does no harm.");
    done.seq = appended.value.back();
    log_.info(
        "admin.directory",
        {{"actor", actor.name},
         {"domains", done.domains},
         {"recipients", done.recipients},
         {"seq", *done.seq}});
    co_return service::json_response(200, to_json(done));
}

} // namespace revocation
