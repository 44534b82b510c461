#include "cli/revoke.hpp"

#include "cli/admin_client.hpp"
#include "cli/run_to_end.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace cli {

namespace asio = boost::asio;

namespace {

asio::awaitable<int> change_access(admin_client& admin, const revoke_options& options)
{
    std::string path =
        "/v1/messages/" + percent_encoded(options.id) + (options.restore ? "/restore" : "/revoke");
    const nlohmann::json answer = co_await admin.post(std::move(path), revoke_request(options));
    std::cout << (options.json ? answer.dump() + "\n" : describe_answer(answer, options.restore));
    co_return 0;
}

} // namespace

std::string revoke_request(const revoke_options& options)
{
    nlohmann::json request = nlohmann::json::object();
    if (!options.recipients.empty())
        request["recipients"] = options.recipients;
    if (!options.reason.empty())
        request["reason"] = options.reason;
    if (!options.note.empty())
        request["note"] = options.note;
    return request.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string describe_answer(const nlohmann::json& answer, bool restore)
{
    std::string text = restore ? "restored" : "revoked";
    if (!answer.value("changed", true))
        text = restore ? "was not revoked" : "was revoked before";
    if (!restore)
        text += ", in force";
    text += " after " + std::to_string(answer.value("milliseconds", std::int64_t{0})) + " ms";
    const nlohmann::json seq = answer.value("seq", nlohmann::json());
    if (seq.is_number())
        text += " (event " + seq.dump() + ")";
    text += "\n";
    for (const nlohmann::json& reader : answer.value("read_before", nlohmann::json::array()))
        text += "  " + reader.get<std::string>() + " had read it before\n";
    for (const nlohmann::json& recipient : answer.value("not_revocable", nlohmann::json::array()))
        text += "  " + recipient.at("address").get<std::string>() +
                " keeps their copy: " + recipient.at("reason").get<std::string>() + "\n";
    return text;
}

int revoke(const std::filesystem::path& state, const revoke_options& options)
{
    admin_client admin(running_endpoints(state));
    return run_to_end([&] { return change_access(admin, options); });
}

} // namespace cli
