#include "portal/browser_request.hpp"

#include "portal/fresh_values.hpp"

namespace portal {

namespace {

constexpr std::size_t cookie_length = 64;

} // namespace

bool is_from_here(const service::http_request& request, std::string_view public_origin)
{
    const std::string site = request.header("sec-fetch-site");
    if (!site.empty()) {
        return site == "same-origin" || site == "none";
    }
    const std::string origin = request.header("origin");
    // Browsers without Sec-Fetch-Site say "null" for our own forms, since our pages send no
    // referrer.
    return origin.empty() || origin == "null" || origin == public_origin ||
           origin == "https://" + request.header("host");
}

mail::session_hash session_of(const service::http_request& request)
{
    const std::string cookie = request.cookie(session_cookie);
    if (cookie.size() != cookie_length) {
        return {};
    }
    return mail::session_hash{hash_of_cookie(cookie)};
}

std::string cookie_to_set(const std::string& value)
{
    return std::string{session_cookie} + '=' + value + "; Path=/; Secure; HttpOnly; SameSite=Lax";
}

std::string cookie_to_clear()
{
    return std::string{session_cookie} + "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";
}

std::string origin_of(std::string_view url)
{
    const std::size_t scheme = url.find("://");
    const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
    return std::string{url.substr(0, url.find_first_of("/?#", host))};
}

} // namespace portal
