#include "mail/event_json.hpp"

#include "mail/event_bounds.hpp"
#include "mail/event_fields.hpp"
#include "mail/event_names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <concepts>
#include <string>
#include <utility>

namespace mail {
namespace {

using json = nlohmann::ordered_json;

/// What `describe` writes to.
class json_writer {
public:
    explicit json_writer(std::string path) : path_(std::move(path)) {}
    json take() { return std::move(value_); }

    void id(const char* name, const std::string& text)
    {
        check_id(path_ + name, text, longest_id);
        value_[name] = text;
    }
    void text(const char* name, const std::string& text)
    {
        if (!text.empty())
            value_[name] = text;
    }
    void address(const char* name, const mail::address& mailbox)
    {
        check_address(path_ + name, mailbox);
        value_[name] = mailbox.text();
    }
    void sender(const char* name, const mail::address& mailbox) { text(name, mailbox.text()); }
    void choice(const char* name, auto value) { value_[name] = name_of(value); }
    void flag(const char* name, bool value) { value_[name] = value; }
    void mark(const char* name, bool value)
    {
        if (value)
            value_[name] = true;
    }
    void count(const char* name, std::uint64_t value) { value_[name] = value; }
    void seconds(const char* name, std::int64_t value)
    {
        check_seconds(path_ + name, value);
        value_[name] = value;
    }
    void milliseconds(const char* name, std::int64_t value)
    {
        check_from_zero(path_ + name, value);
        value_[name] = value;
    }
    void moment(const char* name, const std::optional<bus_time>& value)
    {
        if (value)
            milliseconds(name, *value);
    }
    void addresses(const char* name, const std::vector<mail::address>& mailboxes)
    {
        for (const mail::address& mailbox : mailboxes) {
            check_address(path_ + name, mailbox);
            value_[name].push_back(mailbox.text());
        }
    }
    template <class Entry>
    void list(const char* name, const std::vector<Entry>& entries)
    {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            json_writer inner(path_ + name + '[' + std::to_string(i) + "].");
            describe(inner, entries[i]);
            value_[name].push_back(inner.take());
        }
    }
    template <class Entry>
    void object(const char* name, const std::optional<Entry>& entry)
    {
        if (!entry)
            return;
        json_writer inner(path_ + name + '.');
        describe(inner, *entry);
        value_[name] = inner.take();
    }

private:
    std::string path_;
    json value_ = json::object();
};

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
    check_size(text);
    return text;
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
