#include "cli/redaction.hpp"

#include "cli/plain_fields.hpp"
#include "mail/event_fields.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace cli {

namespace {

constexpr std::size_t key_octets = 32;
constexpr std::size_t short_digits = 16;
constexpr std::size_t id_digits = 32;
constexpr std::size_t most_digits = 64;

bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

bool is_hexadecimal(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char character) {
        return is_digit(character) || (character >= 'a' && character <= 'f');
    });
}

bool is_uuid(std::string_view text)
{
    std::string without(text);
    std::erase(without, '-');
    return text.size() == 36 && without.size() == 32 && text[8] == '-' && text[13] == '-' &&
           text[18] == '-' && text[23] == '-' && is_hexadecimal(without);
}

/// "portal", "portal-2": as `sealpost up` names them.
bool is_plain_portal(std::string_view name)
{
    constexpr std::string_view plain = "portal";
    if (!name.starts_with(plain))
        return false;
    name.remove_prefix(plain.size());
    return name.empty() || (name.size() > 1 && name.front() == '-' &&
                            std::all_of(name.begin() + 1, name.end(), is_digit));
}

/// Values that sealpost itself writes; they say nothing about anybody.
struct own_words {
    std::string_view field;
    std::array<std::string_view, 5> words;
};
constexpr std::array vocabulary = {
    own_words{"protection", {"Encrypt-Only", "Do Not Forward"}},
    own_words{"template", {"OME Configuration"}},
    own_words{"rule", {"directory", "organisation force-link"}},
    own_words{"ending", {"complete", "aborted", "revoked", "grant ended", "too slow"}},
};

bool is_own_word(std::string_view field, std::string_view text)
{
    if (field == "portal")
        return is_plain_portal(text);
    if (field == "item")
        return text.size() <= 4 && std::all_of(text.begin(), text.end(), is_digit);
    const auto known =
        std::find_if(vocabulary.begin(), vocabulary.end(), [field](const own_words& one) {
            return one.field == field;
        });
    return known != vocabulary.end() &&
           std::find(known->words.begin(), known->words.end(), text) != known->words.end();
}

/// Texts that other events refer to by being the same.
bool is_reference(std::string_view field)
{
    constexpr std::array<std::string_view, 5> fields = {
        "session", "in_answer_to", "locator", "code_hash", "actor"};
    return std::find(fields.begin(), fields.end(), field) != fields.end();
}

std::string neutral(std::string_view text)
{
    return std::string(text.size(), 'x');
}

/// "451", "451 4.3.0": what a bug report needs of a reply.
std::size_t length_of_codes(std::string_view reply)
{
    std::size_t at = 0;
    const auto number = [&](std::size_t most) {
        const std::size_t start = at;
        while (at < reply.size() && at - start < most && is_digit(reply[at]))
            ++at;
        return at > start;
    };
    if (reply.size() < 3 || !number(3) || at != 3)
        return 0;
    const std::size_t code_alone = at;
    const auto point = [&] { return at < reply.size() && reply[at++] == '.'; };
    const bool enhanced = at < reply.size() && reply[at++] == ' ' && number(1) && point() &&
                          number(3) && point() && number(3) &&
                          (at == reply.size() || reply[at] == ' ');
    return enhanced ? at : code_alone;
}

std::string redacted_reply(const std::string& reply)
{
    const std::size_t kept = length_of_codes(reply);
    return reply.substr(0, kept) + neutral(std::string_view(reply).substr(kept));
}

/// What `describe` walks through an event with.
class redacting_fields : public plain_fields {
public:
    explicit redacting_fields(const redactor& by) : by_(by) {}

    void id(std::string_view name, std::string& text)
    {
        text = name == "domain" ? by_.domain(text) : by_.id(text);
    }
    void text(std::string_view name, std::string& text)
    {
        if (text.empty() || is_own_word(name, text))
            return;
        if (name == "message_id")
            text = "<" + by_.id(text).substr(0, id_digits) + "@redacted.example>";
        else if (is_reference(name))
            text = by_.id(text);
        else
            text = name == "smtp_reply" ? redacted_reply(text) : neutral(text);
    }
    void address(std::string_view, mail::address& mailbox) { mailbox = by_.pseudonym(mailbox); }
    void sender(std::string_view, mail::address& mailbox) { mailbox = by_.pseudonym(mailbox); }
    void addresses(std::string_view, std::vector<mail::address>& mailboxes)
    {
        for (mail::address& mailbox : mailboxes)
            mailbox = by_.pseudonym(mailbox);
    }
    template <class Entry>
    void list(std::string_view, std::vector<Entry>& entries)
    {
        for (Entry& entry : entries)
            describe(*this, entry);
    }
    template <class Entry>
    void object(std::string_view, std::optional<Entry>& entry)
    {
        if (entry)
            describe(*this, *entry);
    }

private:
    const redactor& by_;
};

std::string redacted_source(const std::string& source)
{
    constexpr std::string_view portals = "/portal/";
    const bool ours = source == "/gateway" || source == "/revocation" ||
                      (source.starts_with(portals) &&
                       is_plain_portal(std::string_view(source).substr(portals.size())));
    return ours ? source : "/redacted";
}

/// A name that could be one of a later version of ours.
std::string redacted_type(const std::string& type)
{
    const bool ours =
        type.starts_with("sealpost.") && std::all_of(type.begin(), type.end(), [](char character) {
            return character == '.' || (character >= 'a' && character <= 'z');
        });
    return ours ? type : "sealpost.redacted";
}

} // namespace

redactor::redactor() : keyed_(sizeof(crypto_auth_hmacsha256_state))
{
    const encryptor::secret key = encryptor::secret::random(key_octets);
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key.bytes().data(), key.bytes().size());
    std::memcpy(keyed_.bytes().data(), &state, sizeof state);
    sodium_memzero(&state, sizeof state);
}

mail::event redactor::redacted(mail::event fact) const
{
    fact.id.text = id(fact.id.text);
    fact.source = redacted_source(fact.source);
    redacting_fields fields(*this);
    const auto redact = [&fields](auto& body) {
        if constexpr (requires { describe(fields, body); })
            describe(fields, body);
        else
            body.type = redacted_type(body.type); // unknown: nothing of it is read or written
    };
    std::visit(redact, fact.body);
    return fact;
}

mail::event redactor::unreadable(std::uint64_t seq) const
{
    return {
        {digits("unreadable", std::to_string(seq), id_digits)},
        "/redacted",
        mail::unknown_event{"sealpost.unreadable"}};
}

std::string redactor::log_id() const
{
    return digits("log", "", id_digits);
}

mail::address redactor::pseudonym(const mail::address& mailbox) const
{
    if (mailbox.is_null())
        return mailbox;
    const std::string local = "u" + digits("address", mailbox.key(), short_digits);
    return mail::address::parse(local + "@" + domain(mailbox.domain())).value();
}

std::string redactor::domain(std::string_view name) const
{
    return "d" + digits("domain", name, short_digits) + ".example";
}

std::string redactor::id(std::string_view original) const
{
    if (is_uuid(original)) {
        std::string text = digits("id", original, id_digits);
        for (const std::size_t place : {8U, 13U, 18U, 23U})
            text.insert(place, "-");
        return text;
    }
    const bool long_digits = original.size() >= id_digits && original.size() <= most_digits;
    const bool alike = long_digits && is_hexadecimal(original);
    return digits("id", original, alike ? original.size() : id_digits);
}

std::string redactor::digits(std::string_view kind, std::string_view value, std::size_t count) const
{
    const std::string named = std::string(kind) + '\0' + std::string(value);
    // A copy of the keyed state: locked memory for each of a million values would take minutes.
    crypto_auth_hmacsha256_state state;
    std::memcpy(&state, keyed_.bytes().data(), sizeof state);
    std::string tag(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_update(
        &state, reinterpret_cast<const unsigned char*>(named.data()), named.size());
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(tag.data()));
    sodium_memzero(&state, sizeof state);
    return encryptor::hexadecimal(tag).substr(0, count);
}

} // namespace cli
