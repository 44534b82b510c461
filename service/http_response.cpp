#include "service/http_server.hpp"
#include "service/json_text.hpp"

#include <boost/beast/http/status.hpp>

namespace service {
namespace {

std::string reason(unsigned status)
{
    return boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
}

} // namespace

http_response text_response(unsigned status, std::string body, std::string_view media_type)
{
    http_response response;
    response.status = status;
    response.headers.emplace_back("Content-Type", media_type);
    response.body = std::move(body);
    return response;
}

http_response html_response(unsigned status, std::string html)
{
    return text_response(status, std::move(html), "text/html; charset=utf-8");
}

http_response json_response(unsigned status, std::string json)
{
    return text_response(status, std::move(json), "application/json");
}

http_response problem_response(unsigned status, std::string_view detail)
{
    std::string json = "{\"type\":\"about:blank\",\"title\":" + json_quoted(reason(status)) +
                       ",\"status\":" + std::to_string(status);
    if (!detail.empty()) {
        json += ",\"detail\":" + json_quoted(detail);
    }
    return text_response(status, json + "}", "application/problem+json");
}

http_response redirect_response(std::string_view location)
{
    http_response response;
    response.status = 303;
    response.headers.emplace_back("Location", location);
    return response;
}

} // namespace service
