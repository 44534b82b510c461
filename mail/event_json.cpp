#include "mail/event_json.hpp"

#include "mail/event_json_fields.hpp"

#include <algorithm>
#include <concepts>
#include <string>
#include <utility>

namespace mail {
namespace {

constexpr std::size_t longest_event_id = 64; ///< as the bus takes it
constexpr std::size_t longest_type = 128;    ///< as the bus takes it
constexpr int deepest_nesting = 16;          ///< ours need 4; later versions may need more

/// CloudEvents subject: the message that the event is about.
template <class Body>
std::string_view subject_of(const Body& body)
{
    if constexpr (requires {
                      {
                          body.message.text
                      } -> std::convertible_to<std::string_view>;
                  })
        return body.message.text;
    else if constexpr (requires {
                           {
                               body.message
                           } -> std::convertible_to<std::string_view>;
                       })
        return body.message;
    else if constexpr (requires {
                           {
                               body.in_answer_to
                           } -> std::convertible_to<std::string_view>;
                       })
        return body.in_answer_to;
    else
        return {};
}

template <class Body>
json data_of(const Body& body)
{
    json_writer writer("data.");
    if constexpr (!std::same_as<Body, unknown_event>)
        describe(writer, body);
    return writer.take();
}

/// Tries the known types from the variant's second on; the first is unknown_event.
template <std::size_t Position = 1>
event_body read_body(std::string_view type, const json_reader& envelope)
{
    if constexpr (Position == std::variant_size_v<event_body>) {
        return unknown_event{std::string(type)};
    } else {
        using body_type = std::variant_alternative_t<Position, event_body>;
        if (type != body_type::type)
            return read_body<Position + 1>(type, envelope);
        body_type body;
        const json_reader data(envelope.required("data"), "data.");
        describe(data, body);
        return body;
    }
}

json parse_bounded(std::string_view text)
{
    if (text.size() > longest_event)
        refuse("event", "must be at most " + std::to_string(longest_event) + " octets");
    const auto bounded = [](int depth, json::parse_event_t, const json&) {
        if (depth > deepest_nesting)
            refuse("event", "must not be nested deeper than " + std::to_string(deepest_nesting));
        return true;
    };
    try {
        return json::parse(text, bounded);
    } catch (const json::parse_error& error) {
        // The library's own text repeats what it read; the position is enough.
        refuse("event", "must be JSON in UTF-8; fault at octet " + std::to_string(error.byte));
    } catch (const json::out_of_range&) {
        refuse("event", "must not hold numbers beyond all bounds");
    }
}

void check_value(const json_reader& envelope, const char* name, std::string_view wanted)
{
    std::string value;
    envelope.text(name, value);
    if (value != wanted)
        refuse(name, "must be \"" + std::string(wanted) + '"');
}

} // namespace

std::string to_json(const event& fact)
{
    const std::string type(type_of(fact));
    check_id("id", fact.id.text, longest_event_id);
    check_id("source", fact.source, longest_id);
    check_id("type", type, longest_type);
    json line{
        {"specversion", "1.0"}, {"id", fact.id.text}, {"source", fact.source}, {"type", type}};
    const auto write_body = [&line](const auto& body) {
        if (const auto subject = subject_of(body); !subject.empty())
            line["subject"] = subject;
        line["datacontenttype"] = "application/json";
        line["data"] = data_of(body);
    };
    std::visit(write_body, fact.body);
    std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace);
    if (text.size() > longest_event)
        refuse("event", "must be at most " + std::to_string(longest_event) + " octets");
    return text;
}

event parse_event(std::string_view text)
{
    const json parsed = parse_bounded(text);
    if (!parsed.is_object())
        refuse("event", "must be an object");
    const json_reader envelope(parsed, "");
    check_value(envelope, "specversion", "1.0");
    if (parsed.contains("datacontenttype"))
        check_value(envelope, "datacontenttype", "application/json");
    event fact;
    std::string type;
    envelope.id("id", fact.id.text, longest_event_id);
    envelope.id("source", fact.source);
    envelope.id("type", type, longest_type);
    fact.body = read_body(type, envelope);
    return fact;
}

std::string_view to_text(identity_type value)
{
    return name_of(value);
}
std::string_view to_text(client_type value)
{
    return name_of(value);
}
std::string_view to_text(delivery_mode value)
{
    return name_of(value);
}
std::string_view to_text(delivery_outcome value)
{
    return name_of(value);
}
std::string_view to_text(access_kind value)
{
    return name_of(value);
}
std::string_view to_text(sign_in_method value)
{
    return name_of(value);
}
std::string_view to_text(submission_kind value)
{
    return name_of(value);
}
std::string_view to_text(role value)
{
    return name_of(value);
}

namespace {

template <class Enumeration>
Enumeration parse_name(std::string_view text, const char* kind)
{
    const auto& names = names_of<Enumeration>::value;
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end())
        refuse(kind, "must be one of " + joined(names));
    return static_cast<Enumeration>(found - names.begin());
}

} // namespace

identity_type parse_identity(std::string_view text)
{
    return parse_name<identity_type>(text, "identity");
}

client_type parse_client(std::string_view text)
{
    return parse_name<client_type>(text, "client");
}

} // namespace mail
