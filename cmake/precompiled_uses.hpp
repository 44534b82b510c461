#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Never called. What is used here is instantiated and compiled with the precompiled header, once,
/// instead of in each of the files that use it.
namespace precompiled_uses {

inline std::string of_json(nlohmann::json document, const std::string& text, std::string_view view)
{
    document = nlohmann::json::parse(text);
    document = nlohmann::json::parse(view);
    document = nlohmann::json::parse(view, nullptr, false);
    document["name"] = text;
    document["name"] = view;
    document["name"] = "value";
    document["name"] = true;
    document["name"] = 1;
    document["name"] = std::uint64_t{1};
    document["name"] = std::int64_t{1};
    document["name"] = std::vector<std::string>{text};
    document["name"] = nlohmann::json{{"name", text}, {"other", 1}, {"list", document}};
    document[text] = nlohmann::json::array();
    document.push_back({{"name", text}, {"view", view}, {"flag", true}});
    document.push_back(text);
    document.emplace_back(document);
    for (const auto& [name, value] : document.items())
        if (value.is_string() && name != value.get<std::string>() && document.contains(name))
            document.erase(name);
    for (const auto& element : document)
        if (element.contains("name") && element.at("name") == "value" && element["name"] != text)
            return element.at("name").get<std::string>() + element.value("name", "") +
                   element.value("name", std::string{}) +
                   element.at("name").get_ref<const std::string&>();
    if (document.at("a").get<bool>() || document.at(0).get<int>() ||
        document.at("a").get<std::uint64_t>() || document.at("a").get<std::int64_t>() ||
        document.value("a", false) || document.value("a", 0) ||
        document.find("a") == document.end())
        return document.dump(2);
    return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
           document.dump();
}

inline std::string of_ordered_json(nlohmann::ordered_json document, const std::string& text)
{
    document["name"] = text;
    document["name"] = "value";
    document["name"] = true;
    document["name"] = std::uint64_t{1};
    document["name"] = std::int64_t{1};
    document["name"] = nlohmann::ordered_json{{"name", text}, {"other", 1}, {"list", document}};
    document.push_back({{"name", text}, {"flag", true}});
    return document.dump();
}

inline boost::asio::awaitable<boost::system::error_code> of_asio(boost::asio::io_context& context)
{
    boost::asio::any_io_executor executor = context.get_executor();
    boost::asio::any_io_executor copy{executor};
    copy = std::move(executor);
    boost::asio::steady_timer timer{copy, boost::asio::steady_timer::time_point::max()};
    timer.expires_after(std::chrono::milliseconds{1});
    timer.cancel();
    boost::system::error_code error;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return error;
}

} // namespace precompiled_uses
