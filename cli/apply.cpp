#include "cli/apply.hpp"

#include "cli/admin_client.hpp"
#include "cli/directory_file.hpp"
#include "cli/run_to_end.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace cli {

namespace asio = boost::asio;

namespace {

std::string summary(const nlohmann::json& directory)
{
    std::string text;
    if (directory.contains("organisation"))
        text += "the organisation's settings, ";
    return text + std::to_string(directory.at("domains").size()) + " domains, " +
           std::to_string(directory.at("recipients").size()) + " recipients";
}

/// Without a summary the answer itself is printed.
asio::awaitable<int> put(admin_client& admin, const std::string& body, std::string told)
{
    const nlohmann::json answer = co_await admin.post("/v1/directory", body);
    if (told.empty())
        std::cout << answer.dump() << "\n";
    else
        std::cout << "applied: " << told << "\n";
    co_return 0;
}

} // namespace

int apply(const std::filesystem::path& state, const apply_options& options)
{
    const std::string body = read_directory_file(options.file);
    const nlohmann::json directory = nlohmann::json::parse(body);
    if (options.check_only) {
        std::cout << (options.json ? body
                                   : options.file.string() + " is right: " + summary(directory))
                  << "\n";
        return 0;
    }
    admin_client admin(running_endpoints(state));
    return run_to_end([&] { return put(admin, body, options.json ? "" : summary(directory)); });
}

} // namespace cli
