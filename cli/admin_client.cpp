#include "cli/admin_client.hpp"

#include "cli/durable_file.hpp"
#include "cli/failure.hpp"
#include "service/http_client.hpp"
#include "service/tls.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

namespace cli {

namespace asio = boost::asio;

namespace {

/// A revoke waits until it is in force, some seconds when somebody is just reading.
constexpr std::chrono::seconds deadline{30};

std::string first_line(const std::string& text)
{
    return text.substr(0, text.find_first_of("\r\n"));
}

/// The words of a problem+json, else the status alone.
std::string problem_of(const service::http_answer& answer)
{
    const nlohmann::json problem = nlohmann::json::parse(answer.body, nullptr, false);
    if (problem.is_object() && problem.contains("detail") && problem["detail"].is_string())
        return problem["detail"].get<std::string>();
    if (problem.is_object() && problem.contains("title") && problem["title"].is_string())
        return problem["title"].get<std::string>();
    return "the admin API answered " + std::to_string(answer.status);
}

} // namespace

admin_client::admin_client(const endpoints& where)
    : base_(where.admin),
      token_(first_line(read_whole(where.admin_token_file))),
      tls_(service::make_tls_client(where.authority))
{}

asio::awaitable<nlohmann::json> admin_client::get(std::string path)
{
    return call("GET", std::move(path), "");
}

asio::awaitable<nlohmann::json> admin_client::post(std::string path, std::string json)
{
    return call("POST", std::move(path), std::move(json));
}

asio::awaitable<nlohmann::json> admin_client::call(
    std::string method, std::string path, std::string body)
{
    std::vector<std::pair<std::string, std::string>> headers;
    headers.emplace_back("Authorization", "Bearer " + token_);
    if (!body.empty())
        headers.emplace_back("Content-Type", "application/json");
    std::string url = base_ + path;
    const service::http_answer answer = co_await service::http_call(
        std::move(method), std::move(url), std::move(headers), std::move(body), tls_, deadline);
    if (answer.error)
        throw failure(
            "the admin API at " + base_ + " does not answer: " + answer.error.message() +
            "; see log/revocation.log in the state directory");
    if (answer.status >= 300)
        throw failure(problem_of(answer));
    nlohmann::json value = nlohmann::json::parse(answer.body, nullptr, false);
    if (value.is_discarded())
        throw failure("the admin API answered " + std::to_string(answer.status) + " without JSON");
    co_return value;
}

std::string percent_encoded(std::string_view text)
{
    static constexpr std::string_view digits = "0123456789ABCDEF";
    static constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string encoded;
    for (const char character : text) {
        const auto octet = static_cast<unsigned char>(character);
        if (plain.find(character) != std::string_view::npos)
            encoded += character;
        else
            encoded += {'%', digits[octet >> 4], digits[octet & 15]};
    }
    return encoded;
}

} // namespace cli
