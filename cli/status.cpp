#include "cli/status.hpp"

#include "cli/admin_client.hpp"
#include "cli/run_to_end.hpp"
#include "cli/status_at.hpp"
#include "cli/text_table.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace cli {

namespace asio = boost::asio;

namespace {

std::string yes_or_no(const nlohmann::json& flag)
{
    return flag.get<bool>() ? "yes" : "no";
}

std::string reads_of(const nlohmann::json& recipient)
{
    const std::string count = std::to_string(recipient.at("reads").get<std::uint64_t>());
    const nlohmann::json first = recipient.value("first_read_at", nlohmann::json());
    return first.is_string() ? count + ", first " + first.get<std::string>() : count;
}

std::vector<std::string> recipient_row(const nlohmann::json& recipient)
{
    return {
        recipient.at("address"),
        recipient.at("delivery"),
        recipient.at("delivery_status"),
        yes_or_no(recipient.at("revocable")),
        yes_or_no(recipient.at("revoked")),
        reads_of(recipient),
        recipient.at("reason")};
}

asio::awaitable<nlohmann::json> status_now(const endpoints& where, const status_options& options)
{
    admin_client admin(where);
    std::string path = "/v1/messages/" + percent_encoded(options.id);
    nlohmann::json message = co_await admin.get(std::move(path));
    co_return message;
}

asio::awaitable<int> show_status(const endpoints& where, const status_options& options)
{
    const nlohmann::json message = options.at ? co_await status_at(where, options.id, *options.at)
                                              : co_await status_now(where, options);
    std::cout << (options.json ? message.dump() + "\n" : describe_message(message));
    co_return 0;
}

} // namespace

std::string describe_message(const nlohmann::json& message)
{
    std::string text;
    const auto line = [&text](std::string_view name, const std::string& value) {
        text += std::string(name) + ":" + std::string(20 - name.size(), ' ') + value + "\n";
    };
    line("Subject", message.at("subject"));
    line("Sender", message.at("sender"));
    line("Message-ID", message.at("message_id"));
    line("Network message id", message.at("network_message_id"));
    line("Revocable", yes_or_no(message.at("is_revocable")));
    line("Revoked", yes_or_no(message.at("revoked")));
    std::vector<std::vector<std::string>> rows;
    for (const nlohmann::json& recipient : message.at("recipients"))
        rows.push_back(recipient_row(recipient));
    return text + "\n" +
           text_table(
               {"Recipient", "Delivery", "Status", "Revocable", "Revoked", "Reads", "Reason"},
               rows);
}

int status(const std::filesystem::path& state, const status_options& options)
{
    const endpoints where = running_endpoints(state);
    return run_to_end([&] { return show_status(where, options); });
}

} // namespace cli
