#include "portal/sign_in_routes.hpp"

#include "portal/answer.hpp"
#include "portal/browser_request.hpp"
#include "portal/fresh_values.hpp"
#include "portal/reading_routes.hpp"

#include <map>
#include <utility>

namespace portal {

namespace asio = boost::asio;
using service::http_request;
using service::http_response;

namespace {

std::string field(const std::map<std::string, std::string>& form, const std::string& name)
{
    const auto found = form.find(name);
    return found == form.end() ? std::string{} : found->second;
}

std::string link_path(const page_frame& frame)
{
    return "/m/" + frame.token;
}

} // namespace

/// False: `to.response` is the answer. A form must come from our own pages.
asio::awaitable<bool> sign_in_routes::arrive(const http_request& request, visit& to)
{
    const std::string token = request.parameters.at("token");
    to.frame = frame_of(bus_.ledger(), token);
    if (request.method == "POST" && !is_from_here(request, self_.public_origin)) {
        to.response = error_page(403, to.frame);
        co_return false;
    }
    to.link = co_await look_up(bus_, time_, token);
    to.frame = frame_of(bus_.ledger(), token);
    if (to.link.state != standing::available) {
        to.response = answer_standing(to.link.state, to.frame, to.link.note);
        co_return false;
    }
    co_return true;
}

sign_in_form sign_in_routes::form_for(const visit& to, const mail::challenge_id& challenge) const
{
    sign_in_form values;
    values.challenge = challenge.text;
    values.mailbox = masked(to.link.target.recipient);
    const mail::challenge_state* state = bus_.ledger().find_challenge(challenge);
    values.reference = state != nullptr ? state->issued.reference : "";
    return values;
}

asio::awaitable<http_response> sign_in_routes::ask(const http_request& request)
{
    visit to;
    const bool stands = co_await arrive(request, to);
    if (!stands) {
        co_return std::move(to.response);
    }
    const issued_passcode issued = co_await desk_.issue(to.link.target);
    switch (issued.how) {
    case issued_passcode::outcome::issued:
        co_return service::redirect_response(
            link_path(to.frame) + "/sign-in?challenge=" + issued.challenge.text);
    case issued_passcode::outcome::too_many:
        co_return answer_too_many_passcodes(to.frame);
    case issued_passcode::outcome::unconfirmed:
        break;
    }
    co_return unavailable_page(to.frame);
}

asio::awaitable<http_response> sign_in_routes::form(const http_request& request)
{
    visit to;
    const bool stands = co_await arrive(request, to);
    if (!stands) {
        co_return std::move(to.response);
    }
    const mail::challenge_id challenge{field(request.query, "challenge")};
    const mail::challenge_state* state = bus_.ledger().find_challenge(challenge);
    // A code that could be right: only the challenge is asked about.
    const sign_in_outcome stand = before_try(state, to.link.target, "00000000", to.link.now);
    if (stand != sign_in_outcome::opened) {
        co_return answer_sign_in(stand, to.frame, {}, 0);
    }
    co_return sign_in_page(200, to.frame, form_for(to, challenge));
}

asio::awaitable<http_response> sign_in_routes::try_code(const http_request& request)
{
    visit to;
    const bool stands = co_await arrive(request, to);
    if (!stands) {
        co_return std::move(to.response);
    }
    const std::map<std::string, std::string> fields = request.form();
    const mail::challenge_id challenge{field(fields, "challenge")};
    const tried_passcode tried =
        co_await desk_.try_code(to.link.target, challenge, normalised_code(field(fields, "code")));
    if (!tried.outcome) {
        co_return unavailable_page(to.frame);
    }
    if (*tried.outcome != sign_in_outcome::opened) {
        co_return answer_sign_in(
            *tried.outcome, to.frame, form_for(to, challenge), tried.tries_left);
    }
    http_response opened = service::redirect_response(link_path(to.frame));
    opened.headers.emplace_back("Set-Cookie", cookie_to_set(tried.cookie));
    co_return opened;
}

/// Works on revoked and expired messages too: a session is of an address, not of one message.
asio::awaitable<http_response> sign_in_routes::sign_out(const http_request& request)
{
    const std::string token = request.parameters.at("token");
    const page_frame frame = frame_of(bus_.ledger(), token);
    if (!is_from_here(request, self_.public_origin)) {
        co_return error_page(403, frame);
    }
    const boost::system::error_code lagging = co_await bus_.catch_up();
    boost::system::error_code not_ended = lagging;
    const mail::session_hash session = session_of(request);
    const mail::session_state* state =
        session.empty() ? nullptr : bus_.ledger().find_session(session);
    if (!lagging && state != nullptr && !state->ended) {
        const mail::event fact{
            mail::event_id{fresh_uuid()}, self_.source, mail::session_ended{session}};
        bus::append_batch batch = batch_of(fact);
        not_ended = co_await bus_.append_and_apply(std::move(batch));
    }
    if (not_ended) {
        co_return unavailable_page(frame); // still signed in: the cookie stays for the next try
    }
    http_response ended = service::redirect_response(link_path(frame) + "/signed-out");
    ended.headers.emplace_back("Set-Cookie", cookie_to_clear());
    co_return ended;
}

asio::awaitable<http_response> sign_in_routes::signed_out(const http_request& request)
{
    co_return signed_out_page(frame_of(bus_.ledger(), request.parameters.at("token")));
}

} // namespace portal
