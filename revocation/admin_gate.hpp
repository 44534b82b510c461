#pragma once

#include "revocation/admin_json.hpp"
#include "revocation/tokens.hpp"
#include "service/http_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <functional>
#include <string>

namespace service {
class log;
}

namespace revocation {

/// What stands behind the gate: a route of the admin API, for a known caller.
using admin_act = std::function<boost::asio::awaitable<service::http_response>(
    const service::http_request&, const token_holder&)>;

/// Lets only holders of a token in, and only administrators where something changes. The gate
/// outlives the routes.
class admin_gate {
public:
    /// `follow_only`: asked before every change; true: the log was imported, nothing can be
    /// changed.
    admin_gate(
        token_table tokens, service::log& log, std::function<bool()> follow_only = [] {
            return false;
        });

    enum class needs { reading, changing };
    service::http_route route(
        std::string method,
        std::string pattern,
        std::string name,
        needs needed,
        admin_act act,
        std::size_t body_limit = 64 * 1024) const;

private:
    boost::asio::awaitable<service::http_response> admit(
        const service::http_request& request, needs needed, const admin_act& act) const;

    token_table tokens_;
    service::log& log_;
    std::function<bool()> follow_only_;
};

service::http_response answer(const problem& refusal);
/// 503 for a bus that could not be asked; `what` says what is not known now.
service::http_response unavailable(const boost::system::error_code& error, const std::string& what);

} // namespace revocation
