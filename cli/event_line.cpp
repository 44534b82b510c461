#include "cli/event_line.hpp"

#include "cli/failure.hpp"
#include "encryptor/secret.hpp"

#include <nlohmann/json.hpp>
#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

namespace cli {

namespace {

/// What a payload names itself; only read, and never built as a tree.
struct named_in_payload : nlohmann::json::json_sax_t {
    std::string id;
    std::string type;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool string(string_t& value) override
    {
        if (depth_ == 1 && key_ == "id")
            id = value;
        if (depth_ == 1 && key_ == "type")
            type = value;
        return true;
    }
    bool key(string_t& name) override
    {
        if (depth_ == 1)
            key_ = name;
        return true;
    }
    bool start_object(std::size_t) override { return deeper(); }
    bool end_object() override { return higher(); }
    bool start_array(std::size_t) override
    {
        if (depth_ == 0)
            key_.clear();
        return deeper();
    }
    bool end_array() override { return higher(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override
    {
        return false;
    }

private:
    bool deeper()
    {
        ++depth_;
        return true;
    }
    bool higher()
    {
        --depth_;
        return true;
    }

    std::size_t depth_ = 0;
    std::string key_;
};

/// nullopt: no JSON on one line.
std::optional<named_in_payload> read_payload(std::string_view payload)
{
    const auto breaks_line = [](char octet) { return static_cast<unsigned char>(octet) < ' '; };
    if (std::any_of(payload.begin(), payload.end(), breaks_line))
        return std::nullopt;
    named_in_payload found;
    if (!nlohmann::json::sax_parse(payload, &found))
        return std::nullopt;
    return found;
}

std::string base64(std::string_view octets)
{
    std::string text(
        sodium_base64_ENCODED_LEN(octets.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(
        text.data(),
        text.size(),
        reinterpret_cast<const unsigned char*>(octets.data()),
        octets.size(),
        sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();
    return text;
}

std::string json_text(std::string_view text)
{
    return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

[[noreturn]] void refuse(const std::string& what)
{
    throw failure("is no line of a log: " + what);
}

/// Takes exactly what event_line writes, piece by piece.
class line_pieces {
public:
    explicit line_pieces(std::string_view line) : rest_(line) {}

    bool take(std::string_view text)
    {
        if (!rest_.starts_with(text))
            return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    void expect(std::string_view text)
    {
        if (!take(text))
            refuse("expected " + std::string(text));
    }
    void expect_end(std::string_view text)
    {
        if (rest_ != text)
            refuse("expected " + std::string(text) + " and its end");
    }
    template <class Number>
    Number number()
    {
        Number value{};
        const auto [end, wrong] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        const std::string_view digits =
            rest_.substr(0, static_cast<std::size_t>(end - rest_.data()));
        if (wrong != std::errc() || digits != std::to_string(value))
            refuse("expected a whole number");
        rest_.remove_prefix(digits.size());
        return value;
    }
    /// With the quotes, as JSON has it.
    std::string text()
    {
        const std::size_t end = end_of_text();
        const auto value = nlohmann::json::parse(rest_.substr(0, end), nullptr, false);
        if (!value.is_string())
            refuse("expected a text");
        rest_.remove_prefix(end);
        return value.get<std::string>();
    }
    /// All but the closing brace.
    std::string_view all_but_brace()
    {
        if (!rest_.ends_with('}'))
            refuse("it is cut off");
        return rest_.substr(0, rest_.size() - 1);
    }

private:
    std::size_t end_of_text() const
    {
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            if (rest_[at] == '\\')
                ++at;
            else if (rest_[at] == '"')
                return at + 1;
        }
        return rest_.size();
    }

    std::string_view rest_;
};

bus::hash read_hash(const std::string& digits)
{
    bus::hash hash{};
    std::size_t octets = 0;
    const int wrong = sodium_hex2bin(
        hash.data(), hash.size(), digits.data(), digits.size(), nullptr, &octets, nullptr);
    if (wrong != 0 || octets != hash.size() || hexadecimal(hash) != digits)
        refuse("prev must have 64 hexadecimal digits");
    return hash;
}

std::string read_octets(std::string_view base64_text)
{
    std::string octets(base64_text.size() / 4 * 3 + 3, '\0');
    std::size_t size = 0;
    const int wrong = sodium_base642bin(
        reinterpret_cast<unsigned char*>(octets.data()),
        octets.size(),
        base64_text.data(),
        base64_text.size(),
        nullptr,
        &size,
        nullptr,
        sodium_base64_VARIANT_ORIGINAL);
    octets.resize(size);
    if (wrong != 0 || base64(octets) != base64_text)
        refuse("octets must be base64");
    return octets;
}

void read_payload_named(line_pieces& from, bus::stored_event& into)
{
    into.payload = from.all_but_brace();
    std::optional<named_in_payload> named = read_payload(into.payload);
    if (!named)
        refuse("its event is no JSON");
    if (into.id.empty() && into.type.empty()) {
        into.id = std::move(named->id);
        into.type = std::move(named->type);
    }
}

} // namespace

std::string event_line(const bus::stored_event& event)
{
    const std::optional<named_in_payload> named = read_payload(event.payload);
    std::string line = "{\"seq\":" + std::to_string(event.seq) +
                       ",\"time\":" + std::to_string(event.time) + ",\"prev\":\"" +
                       hexadecimal(event.prev) + "\"";
    if (!named || named->id != event.id || named->type != event.type)
        line += ",\"id\":" + json_text(event.id) + ",\"type\":" + json_text(event.type);
    line += named ? ",\"event\":" + event.payload + "}"
                  : ",\"octets\":\"" + base64(event.payload) + "\"}";
    return line;
}

bus::stored_event read_event_line(std::string_view line)
{
    line_pieces from(line);
    bus::stored_event event;
    from.expect("{\"seq\":");
    event.seq = from.number<std::uint64_t>();
    from.expect(",\"time\":");
    event.time = from.number<std::int64_t>();
    from.expect(",\"prev\":");
    event.prev = read_hash(from.text());
    if (from.take(",\"id\":")) {
        event.id = from.text();
        from.expect(",\"type\":");
        event.type = from.text();
    }
    if (from.take(",\"octets\":")) {
        event.payload = read_octets(from.text());
        from.expect_end("}");
    } else {
        from.expect(",\"event\":");
        read_payload_named(from, event);
    }
    return event;
}

std::string hexadecimal(const bus::hash& hash)
{
    return encryptor::hexadecimal({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

} // namespace cli
