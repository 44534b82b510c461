#include "revocation/admin_input.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace revocation {

namespace {

constexpr std::size_t most_recipients = 1000;

void read_recipients(const nlohmann::json& value, parsed<access_request>& request)
{
    if (!value.is_array() || value.empty() || value.size() > most_recipients) {
        request.fault(
            "/recipients",
            "must be a list of 1 to " + std::to_string(most_recipients) +
                " addresses; leave it out for all recipients");
        return;
    }
    for (std::size_t index = 0; index < value.size(); ++index) {
        const nlohmann::json& item = value[index];
        const auto mailbox = item.is_string()
                                 ? mail::address::parse(item.get_ref<const std::string&>())
                                 : std::nullopt;
        if (!mailbox)
            request.fault("/recipients/" + std::to_string(index), "is no mail address");
        else if (std::ranges::count(request.value.recipients, *mailbox) == 0)
            request.value.recipients.push_back(*mailbox);
    }
}

void read_text(
    const std::string& key,
    const nlohmann::json& value,
    std::string& into,
    parsed<access_request>& request)
{
    if (value.is_string() &&
        value.get_ref<const std::string&>().size() <= access_request::longest_text)
        into = value.get<std::string>();
    else
        request.fault(
            "/" + key,
            "must be a text of at most " + std::to_string(access_request::longest_text) +
                " octets");
}

void read_key(const std::string& key, const nlohmann::json& value, parsed<access_request>& request)
{
    if (value.is_null())
        return;
    if (key == "recipients")
        read_recipients(value, request);
    else if (key == "reason")
        read_text(key, value, request.value.reason, request);
    else if (key == "note")
        read_text(key, value, request.value.note, request);
    else
        request.fault("/" + key, "is unknown; recipients, reason and note are allowed");
}

std::optional<std::uint64_t> number(const std::string& text)
{
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || text.empty())
        return std::nullopt;
    return value;
}

void read_parameter(
    const std::string& name, const std::string& value, parsed<message_search>& wanted)
{
    message_search& search = wanted.value;
    const auto count = number(value);
    if (name == "sender")
        search.sender = value;
    else if (name == "recipient")
        search.recipient = value;
    else if (name == "message_id")
        search.message_id = value;
    else if (name == "status" && (value.empty() || is_searchable_status(value)))
        search.status = value;
    else if (name == "status")
        wanted.fault(
            name, "must be pending, deferred, delivered, failed, withheld, revoked or expired");
    else if (name == "limit" && count && *count >= 1 && *count <= message_search::longest)
        search.limit = static_cast<std::size_t>(*count);
    else if (name == "limit")
        wanted.fault(name, "must be 1 to " + std::to_string(message_search::longest));
    else if (name == "cursor" && count && *count >= 1)
        search.before = *count;
    else if (name == "cursor")
        wanted.fault(name, "must be the `next` of an earlier answer");
    else
        wanted.fault(
            name,
            "is unknown; sender, recipient, message_id, status, limit and cursor are allowed");
}

} // namespace

parsed<access_request> parse_access_request(std::string_view body)
{
    parsed<access_request> request;
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return request;
    const nlohmann::json value = nlohmann::json::parse(body, nullptr, false);
    if (!value.is_object()) {
        request.fault("", "must be a JSON object");
        return request;
    }
    for (const auto& [key, item] : value.items())
        read_key(key, item, request);
    return request;
}

parsed<message_search> parse_search(const std::map<std::string, std::string>& query)
{
    parsed<message_search> wanted;
    for (const auto& [name, value] : query)
        read_parameter(name, value, wanted);
    return wanted;
}

} // namespace revocation
