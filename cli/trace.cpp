#include "cli/trace.hpp"

#include "cli/admin_client.hpp"
#include "cli/run_to_end.hpp"
#include "cli/text_table.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace cli {

namespace asio = boost::asio;

namespace {

std::string query_of(const trace_options& options)
{
    std::string query;
    for (const auto& [name, value] :
         {std::pair<std::string, std::string>{"sender", options.sender},
          std::pair<std::string, std::string>{"recipient", options.recipient}})
        if (!value.empty())
            query += (query.empty() ? "?" : "&") + name + "=" + percent_encoded(value);
    return query;
}

/// A row a recipient, as the original's message trace has it.
std::string message_rows(const nlohmann::json& messages)
{
    std::vector<std::vector<std::string>> rows;
    for (const nlohmann::json& message : messages)
        for (const nlohmann::json& recipient : message.at("recipients"))
            rows.push_back(
                {message.value("accepted_at", ""),
                 message.at("network_message_id"),
                 message.at("sender"),
                 recipient.at("address"),
                 recipient.at("delivery"),
                 recipient.at("revoked").get<bool>()
                     ? "revoked"
                     : recipient.at("delivery_status").get<std::string>(),
                 message.at("subject")});
    if (rows.empty())
        return "no message found\n";
    return text_table(
        {"Received", "Id", "Sender", "Recipient", "Delivery", "Status", "Subject"}, rows);
}

std::string event_rows(const nlohmann::json& trace)
{
    std::string text = "Subject:    " + trace.at("subject").get<std::string>() +
                       "\nMessage-ID: " + trace.at("message_id").get<std::string>() +
                       "\nSender:     " + trace.at("sender").get<std::string>() + "\n\n";
    std::vector<std::vector<std::string>> rows;
    for (const nlohmann::json& event : trace.at("events"))
        rows.push_back(
            {event.at("time"), event.at("event"), event.at("recipient"), event.at("detail")});
    return text + text_table({"Time", "Event", "Recipient", "Detail"}, rows);
}

asio::awaitable<int> show_trace(admin_client& admin, const trace_options& options)
{
    const bool one = !options.id.empty();
    std::string path =
        one ? "/v1/trace/" + percent_encoded(options.id) : "/v1/messages" + query_of(options);
    const nlohmann::json answer = co_await admin.get(std::move(path));
    if (options.json)
        std::cout << answer.dump() << "\n";
    else
        std::cout << (one ? event_rows(answer) : message_rows(answer.at("messages")));
    co_return 0;
}

} // namespace

int trace(const std::filesystem::path& state, const trace_options& options)
{
    admin_client admin(running_endpoints(state));
    return run_to_end([&] { return show_trace(admin, options); });
}

} // namespace cli
