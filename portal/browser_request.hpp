#pragma once

#include "mail/identifier.hpp"
#include "service/http_server.hpp"

#include <string>
#include <string_view>

/// What the portal reads from a browser's request apart from its route. All of it may come from an
/// enemy.
namespace portal {

constexpr std::string_view session_cookie = "__Host-sealpost-session";

/// A form that was not sent from another site (Sec-Fetch-Site, else Origin). The unguessable token
/// in the path is what a form needs to do anything at all; this is the second layer.
bool is_from_here(const service::http_request& request, std::string_view public_origin);

/// Empty when there is no cookie that could be one of ours.
mail::session_hash session_of(const service::http_request& request);

/// Values for Set-Cookie.
std::string cookie_to_set(const std::string& value);
std::string cookie_to_clear();

/// "https://host:port" of a URL.
std::string origin_of(std::string_view url);

} // namespace portal
