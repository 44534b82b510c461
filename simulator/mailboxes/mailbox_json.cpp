#include "simulator/mailboxes/mailbox_json.hpp"

#include "mail/address.hpp"
#include "mail/date.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace simulator {

namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t most_faults = 1000;
constexpr std::int64_t longest_delay = 600'000;
constexpr std::size_t longest_text = 400;

std::string dump(const json& value)
{
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json optional_text(const std::optional<std::string>& text)
{
    return text ? json(*text) : json();
}

json text_or_null(const std::string& text)
{
    return text.empty() ? json() : json(text);
}

json attachments(const std::vector<shown_attachment>& all)
{
    json list = json::array();
    for (const shown_attachment& each : all)
        list.push_back(
            {{"name", each.name},
             {"media_type", each.media_type},
             {"size", each.octets.size()},
             {"sha256", each.sha256}});
    return list;
}

/// Reads one fault; says what is wrong with it.
class fault_reader {
public:
    fault_reader(const json& value, std::string path, std::vector<std::string>& problems)
        : value_(value), path_(std::move(path)), problems_(problems)
    {}

    smtp_fault read()
    {
        smtp_fault fault;
        if (!value_.is_object()) {
            wrong("", "must be an object");
            return fault;
        }
        allow_only_known();
        read_address(fault);
        const auto stage = parse_stage(text("stage", "rcpt"));
        if (!stage)
            wrong("/stage", "must be mail, rcpt or data");
        fault.stage = stage.value_or(smtp_stage::rcpt);
        read_reply(fault);
        fault.count = static_cast<std::uint64_t>(number("count", 0, 0, 1'000'000'000));
        fault.delay = std::chrono::milliseconds{number("delay_ms", 0, 0, longest_delay)};
        if (fault.code == 0 && !fault.disconnect && fault.delay.count() == 0)
            wrong("", "does nothing: give code, disconnect or delay_ms");
        return fault;
    }

private:
    void wrong(std::string_view key, std::string_view what)
    {
        problems_.push_back(path_ + std::string{key} + " " + std::string{what});
    }
    void allow_only_known()
    {
        constexpr std::array<std::string_view, 8> known{
            "address", "stage", "code", "enhanced", "text", "count", "disconnect", "delay_ms"};
        for (const auto& [key, item] : value_.items())
            if (std::ranges::count(known, std::string_view{key}) == 0)
                wrong("/" + key, "is unknown");
    }
    std::string text(const std::string& key, const std::string& fallback)
    {
        const auto found = value_.find(key);
        if (found == value_.end() || found->is_null())
            return fallback;
        if (!found->is_string() || !is_one_line(found->get_ref<const std::string&>())) {
            wrong("/" + key, "must be one line of at most 400 octets");
            return fallback;
        }
        return found->get<std::string>();
    }
    static bool is_one_line(const std::string& value)
    {
        return value.size() <= longest_text && std::ranges::all_of(value, [](unsigned char each) {
                   return each >= 0x20 && each < 0x7f;
               });
    }
    std::int64_t number(
        const std::string& key, std::int64_t fallback, std::int64_t least, std::int64_t most)
    {
        const auto found = value_.find(key);
        if (found == value_.end() || found->is_null())
            return fallback;
        if (found->is_number_integer() && found->get<std::int64_t>() >= least &&
            found->get<std::int64_t>() <= most)
            return found->get<std::int64_t>();
        wrong(
            "/" + key,
            "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
        return fallback;
    }
    void read_address(smtp_fault& fault)
    {
        const std::string address = text("address", "*");
        const auto mailbox = mail::address::parse(address);
        if (address != "*" && !mailbox)
            wrong("/address", "must be a mail address or *");
        fault.address = mailbox ? mailbox->key() : "*";
    }
    void read_reply(smtp_fault& fault)
    {
        if (value_.contains("disconnect") && !value_["disconnect"].is_boolean())
            wrong("/disconnect", "must be true or false");
        else
            fault.disconnect = value_.value("disconnect", false);
        if (value_.contains("code"))
            fault.code = static_cast<int>(number("code", 0, 400, 599));
        const bool lasting = fault.code >= 500;
        fault.enhanced = text("enhanced", lasting ? "5.0.0" : "4.0.0");
        fault.text = text("text", "Failing on purpose");
    }

    const json& value_;
    std::string path_;
    std::vector<std::string>& problems_;
};

} // namespace

std::string mailboxes_json(const std::vector<mailbox_summary>& mailboxes)
{
    json list = json::array();
    for (const mailbox_summary& each : mailboxes)
        list.push_back({{"address", each.address}, {"messages", each.messages}});
    return dump(list);
}

std::string message_json(const stored_mail& stored, const shown_mail& shown)
{
    const json message = {
        {"id", std::to_string(stored.id)},
        {"from", shown.from},
        {"to", shown.to},
        {"envelope_sender", stored.sender},
        {"subject", shown.subject},
        {"received_at", mail::iso8601_utc(stored.received_at)},
        {"delivery", to_text(shown.delivery)},
        {"kind", text_or_null(shown.kind)},
        {"code", text_or_null(shown.code)},
        {"verified_signer", text_or_null(shown.verified_signer)},
        {"problem", text_or_null(shown.problem)},
        {"text", optional_text(shown.text)},
        {"html", optional_text(shown.html)},
        {"links", shown.links},
        {"attachments", attachments(shown.attachments)},
        {"size", stored.octets.size()}};
    return dump(message);
}

std::string faults_json(const std::vector<smtp_fault>& faults)
{
    json list = json::array();
    for (const smtp_fault& each : faults)
        list.push_back(
            {{"address", each.address},
             {"stage", to_text(each.stage)},
             {"code", each.code == 0 ? json() : json(each.code)},
             {"enhanced", each.enhanced},
             {"text", each.text},
             {"count", each.count},
             {"disconnect", each.disconnect},
             {"delay_ms", each.delay.count()}});
    return dump(list);
}

parsed_faults parse_faults(std::string_view body)
{
    parsed_faults parsed;
    const json value = json::parse(body, nullptr, false);
    if (!value.is_array() || value.size() > most_faults) {
        parsed.problems.push_back(
            "must be a JSON list of at most " + std::to_string(most_faults) + " faults");
        return parsed;
    }
    for (std::size_t index = 0; index < value.size(); ++index) {
        fault_reader reader{value[index], "/" + std::to_string(index), parsed.problems};
        parsed.faults.push_back(reader.read());
    }
    return parsed;
}

} // namespace simulator
