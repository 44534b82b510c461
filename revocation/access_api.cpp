#include "revocation/access_api.hpp"

#include "bus/follower.hpp"
#include "revocation/applied_log.hpp"
#include "revocation/enforcer.hpp"
#include "revocation/find_message.hpp"
#include "revocation/log_events.hpp"
#include "service/log.hpp"

#include <algorithm>
#include <chrono>

namespace asio = boost::asio;

namespace revocation {

namespace {

/// Grants end within 2.02 s; the rest is for a slow disk.
constexpr std::chrono::seconds enforcement_patience{10};

std::int64_t milliseconds_since(boot_time began)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(boot_now() - began).count();
}

service::http_response unreadable(std::vector<input_fault> faults)
{
    problem refusal;
    refusal.status = 422;
    refusal.detail = "The request can't be read; nothing was done.";
    refusal.faults = std::move(faults);
    return answer(refusal);
}

service::http_response unknown_recipients(const std::vector<mail::address>& unknown)
{
    problem refusal;
    refusal.status = 422;
    refusal.detail = "No recipient of this message:";
    for (const mail::address& each : unknown)
        refusal.detail += " " + each.text();
    refusal.detail += ". Nothing was done.";
    refusal.unknown_recipients = unknown;
    return answer(refusal);
}

service::http_response not_revocable(const revoke_decision& decision)
{
    problem refusal;
    refusal.status = 409;
    refusal.detail = "Not revocable: none of these recipients got a link, so there is no access "
                     "to take back. Nothing was done.";
    refusal.not_revocable = decision.not_revocable;
    return answer(refusal);
}

/// `seq`: of the restore; nullopt: there was nothing to give back.
service::http_response restored(std::optional<std::uint64_t> seq, boot_time began)
{
    access_answer done;
    done.seq = seq;
    done.changed = seq.has_value();
    done.milliseconds = milliseconds_since(began);
    return service::json_response(200, to_json(done));
}

bus::append_batch one_event(const mail::event& fact)
{
    bus::append_batch batch;
    batch.events.push_back(to_bus(fact));
    return batch;
}

} // namespace

access_api::access_api(
    applied_log& applied, bus::follower& follower, enforcer& enforcing, service::log& log)
    : applied_(applied), follower_(follower), enforcing_(enforcing), log_(log)
{}

std::vector<service::http_route> access_api::routes(const admin_gate& gate)
{
    using needs = admin_gate::needs;
    std::vector<service::http_route> table;
    const auto add = [&](const char* pattern, const char* name, admin_act act) {
        table.push_back(gate.route("POST", pattern, name, needs::changing, std::move(act)));
    };
    add("/v1/messages/{id}/revoke", "revoke", [this](const auto& request, const auto& actor) {
        return revoke(request, actor);
    });
    add("/v1/messages/{id}/restore", "restore", [this](const auto& request, const auto& actor) {
        return restore(request, actor);
    });
    return table;
}

asio::awaitable<access_api::wanted_act> access_api::understand(const service::http_request& request)
{
    wanted_act wanted;
    wanted.began = boot_now();
    auto asked = parse_access_request(request.body);
    if (!asked.ok()) {
        wanted.refusal = unreadable(std::move(asked.faults));
        co_return wanted;
    }
    if (const auto error = co_await follower_.catch_up()) {
        wanted.refusal = unavailable(error, "The log can't be reached; nothing was done.");
        co_return wanted;
    }
    one_message found = find_message(applied_.ledger, request.parameters.at("id"));
    wanted.asked = std::move(asked.value);
    wanted.message = found.message;
    wanted.refusal = std::move(found.refusal);
    co_return wanted;
}

access_api::response access_api::revoke(
    const service::http_request& request, const token_holder& actor)
{
    wanted_act wanted = co_await understand(request);
    if (wanted.refusal)
        co_return std::move(*wanted.refusal);
    const mail::network_message_id message = wanted.message->accepted.message;
    const access_request& asked = wanted.asked;
    const revoke_decision decision = decide_revoke(*wanted.message, asked.recipients);

    service::http_response response;
    switch (decision.what) {
    case revoke_decision::outcome::unknown_recipient:
        response = unknown_recipients(decision.unknown);
        break;
    case revoke_decision::outcome::not_revocable:
        response = not_revocable(decision);
        break;
    case revoke_decision::outcome::already: {
        auto earlier = applied_.revokes.latest(message, decision.affected);
        response = co_await confirm(std::move(earlier), false, decision, wanted.began);
        break;
    }
    case revoke_decision::outcome::append: {
        mail::message_revoked revoked{
            message, asked.recipients, actor.name, actor.role, asked.reason, asked.note};
        response = co_await append_revoke(std::move(revoked), decision, wanted.began);
        break;
    }
    }
    record_act("admin.revoke", message, actor, asked, response.status);
    co_return response;
}

access_api::response access_api::append_revoke(
    mail::message_revoked revoked, const revoke_decision& decision, boot_time began)
{
    const mail::event fact = make_event(std::move(revoked));
    struct announcement {
        revoke_register& revokes;
        const mail::event_id& id;
        ~announcement() { revokes.forget(id); }
    } const announced{applied_.revokes, fact.id};
    applied_.revokes.announce(fact.id, began);
    auto batch = one_event(fact);
    const auto appended = co_await follower_.append_and_apply(std::move(batch));
    if (appended.error)
        co_return unavailable(
            appended.error,
            "It is not known whether the revoke was recorded. Repeat it: a repeat does no harm.");
    auto seqs = appended.value;
    co_return co_await confirm(std::move(seqs), true, decision, began);
}

access_api::response access_api::confirm(
    std::vector<std::uint64_t> revokes,
    bool changed,
    const revoke_decision& decision,
    boot_time began)
{
    const bool enforced = co_await enforcing_.in_force(revokes, enforcement_patience);
    if (!enforced) {
        problem refusal;
        refusal.status = 503;
        refusal.detail = "The revoke is recorded but not confirmed in force yet. Repeat the "
                         "request to wait for it.";
        refusal.seq = revokes.back();
        co_return answer(refusal);
    }
    access_answer done;
    done.seq = revokes.back();
    done.changed = changed;
    done.milliseconds = milliseconds_since(began);
    for (const std::uint64_t seq : revokes)
        for (const mail::address& each : applied_.revokes.find(seq)->enforced->read_before)
            if (std::ranges::count(decision.affected, each) > 0 &&
                std::ranges::count(done.read_before, each) == 0)
                done.read_before.push_back(each);
    done.not_revocable = decision.not_revocable;
    co_return service::json_response(200, to_json(done));
}

access_api::response access_api::restore(
    const service::http_request& request, const token_holder& actor)
{
    wanted_act wanted = co_await understand(request);
    if (wanted.refusal)
        co_return std::move(*wanted.refusal);
    const mail::network_message_id message = wanted.message->accepted.message;
    const access_request& asked = wanted.asked;
    const auto decision = decide_restore(*wanted.message, asked.recipients);

    service::http_response response;
    switch (decision.what) {
    case restore_decision::outcome::unknown_recipient:
        response = unknown_recipients(decision.unknown);
        break;
    case restore_decision::outcome::unchanged:
        response = restored(std::nullopt, wanted.began);
        break;
    case restore_decision::outcome::append: {
        mail::message_restored wish{
            message, asked.recipients, actor.name, actor.role, asked.reason, asked.note};
        response = co_await append_restore(std::move(wish), wanted.began);
        break;
    }
    }
    record_act("admin.restore", message, actor, asked, response.status);
    co_return response;
}

access_api::response access_api::append_restore(mail::message_restored wish, boot_time began)
{
    const mail::event fact = make_event(std::move(wish));
    auto batch = one_event(fact);
    const auto appended = co_await follower_.append_and_apply(std::move(batch));
    if (appended.error)
        co_return unavailable(
            appended.error,
            "It is not known whether the restore was recorded. Repeat it: a repeat does no harm.");
    co_return restored(appended.value.back(), began);
}

void access_api::record_act(
    std::string_view act,
    const mail::network_message_id& message,
    const token_holder& actor,
    const access_request& asked,
    unsigned status)
{
    log_.write(
        service::severity::info,
        message.text,
        act,
        {{"actor", actor.name},
         {"recipients", asked.recipients.empty() ? "all" : std::to_string(asked.recipients.size())},
         {"reason", asked.reason},
         {"status", status}});
}

} // namespace revocation
