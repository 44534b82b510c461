#include "cli/readiness.hpp"

#include "service/http_client.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>
#include <vector>

namespace cli {

namespace {

constexpr std::chrono::seconds answer_deadline{5};
constexpr std::chrono::seconds digest_deadline{60}; ///< it walks over all that was applied

boost::asio::awaitable<process_state> ask(
    std::string url, boost::asio::ssl::context& tls, std::chrono::seconds allowed)
{
    std::vector<std::pair<std::string, std::string>> no_headers;
    service::http_answer answer = co_await service::http_call(
        "GET", std::move(url), std::move(no_headers), std::string(), tls, allowed);
    if (answer.error) {
        process_state silent;
        silent.body = answer.error.message();
        co_return silent;
    }
    co_return read_process_state(answer.status == 200, std::move(answer.body));
}

} // namespace

boost::asio::awaitable<process_state> ask_readiness(
    std::string base, boost::asio::ssl::context& tls)
{
    return ask(std::move(base) + "/readyz", tls, answer_deadline);
}

boost::asio::awaitable<process_state> ask_digest(std::string base, boost::asio::ssl::context& tls)
{
    return ask(std::move(base) + "/digest", tls, digest_deadline);
}

process_state read_process_state(bool ready, std::string body)
{
    process_state state;
    state.ready = ready;
    const nlohmann::json value = nlohmann::json::parse(body, nullptr, false);
    if (value.is_object()) {
        const auto applied = value.find("applied");
        if (applied != value.end() && applied->is_number_unsigned())
            state.applied = applied->get<std::uint64_t>();
        const auto digest = value.find("digest");
        if (digest != value.end() && digest->is_string())
            state.digest = digest->get<std::string>();
    }
    state.body = std::move(body);
    return state;
}

} // namespace cli
