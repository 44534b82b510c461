#include "mail/event_bounds.hpp"
#include "mail/event_fields.hpp"
#include "mail/event_json.hpp"
#include "mail/event_names.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Reading is the hot path of every start: simdjson checks the whole text and lays out its values,
/// then `describe` takes the fields that it knows.
namespace mail {
namespace {

namespace dom = simdjson::dom;

/// Where a field stands, put together only when something is wrong there.
struct place {
    const place* outer = nullptr; ///< nullptr: the event itself
    const char* name = nullptr;   ///< nullptr: an entry of the list `outer`
    std::size_t index = 0;

    explicit operator std::string() const
    {
        if (!name)
            return std::string(*outer) + '[' + std::to_string(index) + ']';
        return outer ? std::string(*outer) + '.' + name : name;
    }
};

/// The fields of an object by name. `describe` asks for ours in the order in which they stand, so
/// nearly always for the next one.
class named_values {
public:
    void add(const dom::key_value_pair& field)
    {
        const std::size_t sum = sum_of(field.key);
        distinct_ = distinct_ && !sums_[sum] && count_ < first_.size();
        sums_.set(sum);
        if (count_ < first_.size())
            first_[count_++] = {field.key, field.value};
        else
            further_.push_back({field.key, field.value});
    }
    /// The last one of that name; nullptr: there is none.
    const dom::element* find(std::string_view name) const
    {
        return distinct_ ? find_only(name) : find_last(name);
    }

private:
    /// Equal for equal names, and of names as in our events different for different ones.
    static std::size_t sum_of(std::string_view name)
    {
        if (name.empty())
            return 0;
        const auto first = static_cast<std::uint8_t>(name.front());
        const auto last = static_cast<std::uint8_t>(name.back());
        return (name.size() * 37 + first * 5U + last * 11U) % sums;
    }
    const dom::element* find_only(std::string_view name) const
    {
        for (std::size_t tried = 0; tried < count_; ++tried) {
            const named_value& field = first_[next_];
            next_ = next_ + 1 < count_ ? next_ + 1 : 0;
            if (field.key == name)
                return &field.value;
        }
        return nullptr;
    }
    const dom::element* find_last(std::string_view name) const
    {
        const dom::element* found = nullptr;
        for (std::size_t at = 0; at < count_; ++at) {
            if (first_[at].key == name)
                found = &first_[at].value;
        }
        for (const named_value& field : further_) {
            if (field.key == name)
                found = &field.value;
        }
        return found;
    }

    static constexpr std::size_t sums = 256;
    static constexpr std::size_t most_at_hand = 16; ///< more than any of our objects has

    struct named_value {
        std::string_view key;
        dom::element value;
    };
    std::array<named_value, most_at_hand> first_; ///< `count_` of them
    std::vector<named_value> further_;
    std::bitset<sums> sums_;
    std::size_t count_ = 0;
    bool distinct_ = true; ///< no two have one sum, hence one name
    mutable std::size_t next_ = 0;
};

/// What `describe` reads from. An absent field and null are the same; of two fields of one name the
/// last one counts.
class json_reader {
public:
    /// `where`: nullptr for the event itself; good as long as the reader.
    json_reader(dom::element value, const place* where) : where_(where)
    {
        dom::object object;
        if (value.get(object) != simdjson::SUCCESS)
            refuse(where ? std::string(*where) : "event", "must be an object");
        for (const dom::key_value_pair field : object)
            fields_.add(field);
    }

    std::string_view id(const char* name, std::size_t longest) const
    {
        const std::string_view text = text_of(name, required(name));
        check_id(at(name), text, longest);
        return text;
    }
    void id(const char* name, std::string& target) const { target = id(name, longest_id); }
    std::string_view text(const char* name) const
    {
        const auto found = optional(name);
        return found ? text_of(name, *found) : std::string_view();
    }
    void text(const char* name, std::string& target) const { target = text(name); }
    void address(const char* name, mail::address& target) const
    {
        target = address_of(name, required(name));
    }
    void sender(const char* name, mail::address& target) const
    {
        const auto found = optional(name);
        target = found ? address_of(name, *found) : mail::address();
    }
    template <class Enumeration>
    void choice(const char* name, Enumeration& target) const
    {
        const auto& names = names_of<Enumeration>::value;
        const auto found = std::find(names.begin(), names.end(), text_of(name, required(name)));
        if (found == names.end())
            wrong(name, "must be one of " + joined(names));
        target = static_cast<Enumeration>(found - names.begin());
    }
    void flag(const char* name, bool& target) const { target = flag_of(name, required(name)); }
    void mark(const char* name, bool& target) const
    {
        const auto found = optional(name);
        target = found && flag_of(name, *found);
    }
    void count(const char* name, std::uint64_t& target) const
    {
        if (required(name).get(target) != simdjson::SUCCESS)
            wrong(name, "must be a whole number from 0 to 18446744073709551615");
    }
    void seconds(const char* name, std::int64_t& target) const
    {
        target = whole_number_of(name, required(name));
        check_seconds(at(name), target);
    }
    void milliseconds(const char* name, std::int64_t& target) const
    {
        target = whole_number_of(name, required(name));
        check_from_zero(at(name), target);
    }
    void moment(const char* name, std::optional<bus_time>& target) const
    {
        target.reset();
        if (const auto found = optional(name)) {
            target = whole_number_of(name, *found);
            check_from_zero(at(name), *target);
        }
    }
    void addresses(const char* name, std::vector<mail::address>& target) const
    {
        target.clear();
        const auto items = list_of(name);
        if (!items)
            return;
        target.reserve(items->size());
        for (const dom::element each : *items)
            target.push_back(address_of(name, each));
    }
    template <class Entry>
    void list(const char* name, std::vector<Entry>& target) const
    {
        target.clear();
        const auto items = list_of(name);
        if (!items)
            return;
        target.reserve(items->size());
        const place outer = at(name);
        for (const dom::element each : *items) {
            const place inner{&outer, nullptr, target.size()};
            const json_reader reader(each, &inner);
            describe(reader, target.emplace_back());
        }
    }
    template <class Entry>
    void object(const char* name, std::optional<Entry>& target) const
    {
        target.reset();
        if (const auto found = optional(name)) {
            const place inner = at(name);
            const json_reader reader(*found, &inner);
            describe(reader, target.emplace());
        }
    }

    dom::element required(const char* name) const
    {
        if (const auto found = optional(name))
            return *found;
        wrong(name, "is missing");
    }
    std::optional<dom::element> optional(std::string_view name) const
    {
        const dom::element* found = fields_.find(name);
        return found && !found->is_null() ? std::optional(*found) : std::nullopt;
    }
    bool has(std::string_view name) const { return fields_.find(name) != nullptr; }

private:
    place at(const char* name) const { return {where_, name, 0}; }
    [[noreturn]] void wrong(const char* name, const std::string& why) const
    {
        refuse(std::string(at(name)), why);
    }

    std::optional<dom::array> list_of(const char* name) const
    {
        const auto value = optional(name);
        if (!value)
            return std::nullopt;
        dom::array found;
        if (value->get(found) != simdjson::SUCCESS)
            wrong(name, "must be a list");
        return found;
    }
    std::string_view text_of(const char* name, dom::element value) const
    {
        std::string_view found;
        if (value.get(found) != simdjson::SUCCESS)
            wrong(name, "must be a text");
        return found;
    }
    bool flag_of(const char* name, dom::element value) const
    {
        bool found = false;
        if (value.get(found) != simdjson::SUCCESS)
            wrong(name, "must be true or false");
        return found;
    }
    std::int64_t whole_number_of(const char* name, dom::element value) const
    {
        std::int64_t found = 0;
        if (value.get(found) != simdjson::SUCCESS)
            wrong(name, "must be a whole number of 64 bits");
        return found;
    }
    mail::address address_of(const char* name, dom::element value) const
    {
        auto mailbox = mail::address::parse(text_of(name, value));
        if (!mailbox)
            wrong(name, "must be a mail address, local@domain");
        return *std::move(mailbox);
    }

    named_values fields_;
    const place* where_;
};

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
        const place data{nullptr, "data"};
        const json_reader fields(envelope.required("data"), &data);
        event_body body{std::in_place_type<body_type>};
        describe(fields, std::get<body_type>(body));
        return body;
    }
}

/// Memory for one text at a time, kept for the next one.
class json_text {
public:
    /// Good until the next call.
    dom::element parse(std::string_view text)
    {
        check_size(text);
        // The copy gives simdjson the padding behind the text that it may read, and costs a
        // twentieth of what reading does.
        padded_.assign(text);
        padded_.append(simdjson::SIMDJSON_PADDING, '\0');
        const std::size_t capacity = std::bit_ceil(padded_.size());
        if (parser_.capacity() < capacity &&
            parser_.allocate(capacity, deepest_nesting + 1) != simdjson::SUCCESS)
            throw std::bad_alloc();
        const auto parsed = parser_.parse(padded_.data(), text.size(), false);
        if (parsed.error() != simdjson::SUCCESS)
            explain(parsed.error());
        return parsed.value_unsafe();
    }

private:
    [[noreturn]] static void explain(simdjson::error_code error)
    {
        if (error == simdjson::DEPTH_ERROR)
            refuse("event", "must not be nested deeper than " + std::to_string(deepest_nesting));
        if (error == simdjson::NUMBER_ERROR)
            refuse("event", "must hold numbers of JSON alone, and none beyond 64 bits");
        refuse("event", "must be JSON in UTF-8");
    }

    std::string padded_;
    dom::parser parser_;
};

void check_value(const json_reader& envelope, const char* name, std::string_view wanted)
{
    if (envelope.text(name) != wanted)
        refuse(name, "must be \"" + std::string(wanted) + '"');
}

} // namespace

event parse_event(std::string_view text)
{
    thread_local json_text memory;
    const json_reader envelope(memory.parse(text), nullptr);
    check_value(envelope, "specversion", "1.0");
    if (envelope.has("datacontenttype"))
        check_value(envelope, "datacontenttype", "application/json");
    event fact;
    fact.id.text = envelope.id("id", longest_event_id);
    envelope.id("source", fact.source);
    fact.body = read_body(envelope.id("type", longest_type), envelope);
    return fact;
}

} // namespace mail
