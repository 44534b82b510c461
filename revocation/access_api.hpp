#pragma once

#include "revocation/admin_gate.hpp"
#include "revocation/admin_input.hpp"
#include "revocation/enforcement.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace bus {
class follower;
}

namespace revocation {

struct applied_log;
struct revoke_decision;
class enforcer;

/// Revoke and restore. An answer of 200 to a revoke means that it is in force: no portal hands out
/// another byte.
class access_api {
public:
    access_api(
        applied_log& applied, bus::follower& follower, enforcer& enforcing, service::log& log);

    std::vector<service::http_route> routes(const admin_gate& gate);

private:
    using response = boost::asio::awaitable<service::http_response>;
    /// What a request wants, and of which message as the log stands now.
    struct wanted_act {
        boot_time began{};
        access_request asked;
        const mail::message_state* message = nullptr;  ///< good until the next co_await
        std::optional<service::http_response> refusal; ///< then nothing else is set
    };
    boost::asio::awaitable<wanted_act> understand(const service::http_request& request);
    response revoke(const service::http_request& request, const token_holder& actor);
    response restore(const service::http_request& request, const token_holder& actor);
    response append_revoke(
        mail::message_revoked revoked, const revoke_decision& decision, boot_time began);
    response append_restore(mail::message_restored wish, boot_time began);
    response confirm(
        std::vector<std::uint64_t> revokes,
        bool changed,
        const revoke_decision& decision,
        boot_time began);
    void record_act(
        std::string_view act,
        const mail::network_message_id& message,
        const token_holder& actor,
        const access_request& asked,
        unsigned status);

    applied_log& applied_;
    bus::follower& follower_;
    enforcer& enforcing_;
    service::log& log_;
};

} // namespace revocation
