#include "cli/portal_reader.hpp"

#include "cli/admin_client.hpp"
#include "cli/failure.hpp"
#include "service/http_client.hpp"
#include "service/tls.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace cli {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds page_deadline{30};
constexpr int most_redirects = 5;

std::string origin_of(const std::string& link)
{
    const std::size_t host = link.find("://");
    const std::size_t path = host == std::string::npos ? host : link.find('/', host + 3);
    return link.substr(0, path);
}

std::string form_body(const std::map<std::string, std::string>& fields)
{
    std::string body;
    for (const auto& [name, value] : fields)
        body += (body.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
    return body;
}

} // namespace

portal_reader::portal_reader(std::string link, const std::filesystem::path& authority)
    : link_(std::move(link)), origin_(origin_of(link_)), tls_(service::make_tls_client(authority))
{}

asio::awaitable<portal_answer> portal_reader::get(std::string target)
{
    return call("GET", std::move(target), "");
}

asio::awaitable<portal_answer> portal_reader::post(
    std::string action, std::map<std::string, std::string> fields)
{
    return call("POST", std::move(action), form_body(fields));
}

asio::awaitable<portal_answer> portal_reader::call(
    std::string method, std::string target, std::string body)
{
    for (int redirects = 0; redirects <= most_redirects; ++redirects) {
        std::vector<std::pair<std::string, std::string>> headers;
        if (!cookie_.empty())
            headers.emplace_back("Cookie", cookie_);
        if (method == "POST")
            headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
        std::string url = target.starts_with("/") ? origin_ + target : target;
        service::http_answer answer = co_await service::http_call(
            method, std::move(url), std::move(headers), std::move(body), tls_, page_deadline);
        if (answer.error)
            throw failure(
                "the portal at " + origin_ + " does not answer: " + answer.error.message());
        if (const auto set = answer.headers.find("set-cookie"); set != answer.headers.end())
            cookie_ = set->second.substr(0, set->second.find(';'));
        const auto location = answer.headers.find("location");
        if (answer.status != 303 || location == answer.headers.end())
            co_return portal_answer{answer.status, std::move(answer.body)};
        target = location->second;
        method = "GET";
        body.clear();
    }
    throw failure("the portal at " + origin_ + " redirects without end");
}

} // namespace cli
