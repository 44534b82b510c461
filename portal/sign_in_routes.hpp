#pragma once

#include "portal/link_lookup.hpp"
#include "portal/mail_log.hpp"
#include "portal/pages.hpp"
#include "portal/passcodes.hpp"
#include "portal/surroundings.hpp"
#include "service/http_server.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace portal {

/// The forms: ask for a passcode, sign in with it, sign out. Only POST changes anything.
class sign_in_routes {
public:
    sign_in_routes(mail_log& bus, passcode_desk& desk, const identity& self, const clocks& time)
        : bus_(bus), desk_(desk), self_(self), time_(time)
    {}

    boost::asio::awaitable<service::http_response> ask(const service::http_request& request);
    boost::asio::awaitable<service::http_response> form(const service::http_request& request);
    boost::asio::awaitable<service::http_response> try_code(const service::http_request& request);
    boost::asio::awaitable<service::http_response> sign_out(const service::http_request& request);
    boost::asio::awaitable<service::http_response> signed_out(const service::http_request& request);

private:
    struct visit {
        page_frame frame;
        found_link link;
        service::http_response response; ///< the answer when the link does not stand
    };
    boost::asio::awaitable<bool> arrive(const service::http_request& request, visit& to);
    sign_in_form form_for(const visit& to, const mail::challenge_id& challenge) const;

    mail_log& bus_;
    passcode_desk& desk_;
    const identity& self_;
    const clocks& time_;
};

} // namespace portal
