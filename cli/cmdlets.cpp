#include "cli/cmdlets.hpp"

#include "cli/failure.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace cli {

namespace {

constexpr std::string_view get_name = "Get-OMEMessageStatus";
constexpr std::string_view set_name = "Set-OMEMessageRevocation";

const std::vector<std::string>& shown_properties()
{
    static const std::vector<std::string> names = {"Subject", "IsRevocable", "Revoked"};
    return names;
}

std::string boolean(bool value)
{
    return value ? "True" : "False";
}

/// The properties that the original documents come first; they alone are shown unless others are
/// asked for.
cmdlet_object object_of(const nlohmann::json& message)
{
    cmdlet_object object = {
        {"Subject", message.at("subject")},
        {"IsRevocable", boolean(message.at("is_revocable"))},
        {"Revoked", boolean(message.at("revoked"))},
        {"MessageId", message.at("message_id")},
        {"NetworkMessageId", message.at("network_message_id")},
        {"Sender", message.at("sender")},
    };
    std::string recipients;
    for (const nlohmann::json& recipient : message.at("recipients"))
        recipients += (recipients.empty() ? "" : ", ") + recipient.at("address").get<std::string>();
    object.emplace_back("Recipients", recipients);
    const auto text = message.find("status_text");
    const bool has_text = text != message.end() && text->is_string();
    object.emplace_back("Status", has_text ? text->get<std::string>() : std::string());
    return object;
}

/// Refusals of the admin API in the cmdlet's name.
template <class Call>
auto in_the_name_of(std::string_view cmdlet, Call call)
{
    try {
        return call();
    } catch (const failure& refused) {
        throw cmdlet_error(std::string(cmdlet), refused.what());
    }
}

bool is_list(const cmdlet_call& call)
{
    return same_name(call.name, "Format-List") || same_name(call.name, "fl");
}

bool is_table(const cmdlet_call& call)
{
    return same_name(call.name, "Format-Table") || same_name(call.name, "ft");
}

const std::vector<cmdlet_parameter>& format_parameters()
{
    static const std::vector<cmdlet_parameter> parameters = {
        {.name = "Property", .by_position = true},
        {.name = "AutoSize", .is_switch = true},
        {.name = "Wrap", .is_switch = true},
    };
    return parameters;
}

std::string format(const cmdlet_call& call, const std::vector<cmdlet_object>& objects)
{
    const std::string_view name = is_list(call) ? "Format-List" : "Format-Table";
    const bound_arguments arguments = bind_arguments(call, name, format_parameters());
    return is_list(call) ? format_list(objects, arguments.values("Property"), shown_properties())
                         : format_table(objects, arguments.values("Property"), shown_properties());
}

/// As it comes out without a format: the documented properties, and the text that says it was
/// revoked.
std::string format_plain(const std::vector<cmdlet_object>& objects)
{
    std::string text = format_list(objects, {}, shown_properties());
    for (const cmdlet_object& object : objects)
        if (!object.back().second.empty())
            text += "\n" + object.back().second + "\n";
    return text;
}

} // namespace

cmdlets::cmdlets(cmdlet_backend backend) : backend_(std::move(backend)) {}

std::string cmdlets::run(const cmdlet_pipeline& pipeline) const
{
    for (std::size_t at = 1; at < pipeline.size(); ++at)
        if (!is_list(pipeline[at]) && !is_table(pipeline[at]))
            throw cmdlet_error(
                pipeline[at].name,
                "The term '" + pipeline[at].name +
                    "' is not recognized after a pipe; Format-List (fl) and Format-Table (ft) "
                    "are.");
    if (pipeline.size() > 2)
        throw cmdlet_error(pipeline[2].name, "Only one format may end a pipeline.");
    const produced result = run_source(pipeline.front());
    if (pipeline.size() == 2)
        return result.printed + format(pipeline[1], result.objects);
    return result.printed + format_plain(result.objects);
}

cmdlets::produced cmdlets::run_source(const cmdlet_call& call) const
{
    if (same_name(call.name, get_name))
        return get_status(call);
    if (same_name(call.name, set_name))
        return set_revocation(call);
    throw cmdlet_error(
        call.name,
        "The term '" + call.name + "' is not recognized as the name of a cmdlet; " +
            std::string(get_name) + " and " + std::string(set_name) +
            " are, and `help` tells more.");
}

cmdlets::produced cmdlets::get_status(const cmdlet_call& call) const
{
    static const std::vector<cmdlet_parameter> parameters = {
        {.name = "MessageId", .mandatory = true, .by_position = true},
    };
    const bound_arguments arguments = bind_arguments(call, get_name, parameters);
    const nlohmann::json message =
        in_the_name_of(get_name, [&] { return backend_.status(*arguments.text("MessageId")); });
    return {{object_of(message)}, ""};
}

cmdlets::produced cmdlets::set_revocation(const cmdlet_call& call) const
{
    static const std::vector<cmdlet_parameter> parameters = {
        {.name = "MessageId", .mandatory = true},
        {.name = "Revoke", .mandatory = true},
        {.name = "Verbose", .is_switch = true},
    };
    const bound_arguments arguments = bind_arguments(call, set_name, parameters);
    const bool revoke = parse_boolean(set_name, "Revoke", *arguments.text("Revoke"));
    const std::string& message = *arguments.text("MessageId");
    in_the_name_of(set_name, [&] { backend_.set_revocation(message, revoke); });
    if (!arguments.has("Verbose"))
        return {};
    return {
        {}, "VERBOSE: Message ID " + message + (revoke ? " is revoked.\n" : " is not revoked.\n")};
}

std::string_view cmdlets::help()
{
    return "Set-OMEMessageRevocation -Revoke $true|$false -MessageId \"<…>\" [-Verbose]\n"
           "    Takes a message back, or gives it back ($false). Prints nothing when it is in "
           "force.\n"
           "Get-OMEMessageStatus -MessageId \"<…>\" [| fl [PROPERTY, …]] [| ft [-AutoSize] "
           "[PROPERTY, …]]\n"
           "    Properties: Subject, IsRevocable, Revoked, MessageId, NetworkMessageId, Sender, "
           "Recipients, Status\n"
           "Any case; several commands are separated by ; or lines. The id is the Message-ID with "
           "its angle\n"
           "brackets, or the network message id. `exit` ends.\n";
}

} // namespace cli
