#include "gateway/smtp_command.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace gateway {
namespace {

using result = std::variant<smtp_command, smtp_fault>;

enum class argument { none, optional, required, name, sender, recipient };

struct verb_row {
    std::string_view text;
    smtp_verb verb;
    argument takes;
};

constexpr verb_row verbs[] = {
    {"EHLO", smtp_verb::ehlo, argument::name},
    {"HELO", smtp_verb::helo, argument::name},
    {"MAIL", smtp_verb::mail, argument::sender},
    {"RCPT", smtp_verb::rcpt, argument::recipient},
    {"DATA", smtp_verb::data, argument::none},
    {"RSET", smtp_verb::rset, argument::none},
    {"NOOP", smtp_verb::noop, argument::optional},
    {"QUIT", smtp_verb::quit, argument::none},
    {"VRFY", smtp_verb::vrfy, argument::required},
    {"HELP", smtp_verb::help, argument::optional},
    {"STARTTLS", smtp_verb::starttls, argument::none},
};

char upper(char letter)
{
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

bool same_word(std::string_view one, std::string_view other)
{
    return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](char a, char b) {
        return upper(a) == upper(b);
    });
}

bool is_printable(std::string_view line)
{
    return std::all_of(
        line.begin(), line.end(), [](char octet) { return octet >= 0x20 && octet < 0x7f; });
}

// Goes into a Received field, so only what a domain or an address literal is made of.
bool is_peer_name(std::string_view name)
{
    return !name.empty() && name.size() <= 255 &&
           std::all_of(name.begin(), name.end(), [](char octet) {
               return (octet >= '0' && octet <= '9') ||
                      (upper(octet) >= 'A' && upper(octet) <= 'Z') ||
                      std::string_view(".-_:[]").find(octet) != std::string_view::npos;
           });
}

smtp_fault fault(smtp_outcome outcome, std::string_view detail = {})
{
    return {outcome, std::string(detail)};
}

// The octets between < and >, minding quoted local parts; `rest` becomes what follows.
std::optional<std::string_view> cut_path(std::string_view& rest)
{
    if (rest.empty() || rest.front() != '<') {
        return std::nullopt;
    }
    bool quoted = false;
    for (std::size_t at = 1; at < rest.size(); ++at) {
        if (quoted && rest[at] == '\\') {
            ++at;
        } else if (rest[at] == '"') {
            quoted = !quoted;
        } else if (rest[at] == '>' && !quoted) {
            const auto path = rest.substr(1, at - 1);
            rest.remove_prefix(at + 1);
            return path;
        }
    }
    return std::nullopt;
}

bool read_size(std::string_view value, std::uint64_t& size)
{
    const auto* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, size);
    return !value.empty() && value.size() <= 20 && error == std::errc{} && stop == end;
}

std::optional<smtp_fault> read_parameter(std::string_view word, smtp_command& command)
{
    const auto equals = word.find('=');
    const auto key = word.substr(0, equals);
    const auto value =
        equals == std::string_view::npos ? std::string_view{} : word.substr(equals + 1);
    if (same_word(key, "SIZE")) {
        if (!read_size(value, command.declared_size)) {
            return fault(smtp_outcome::bad_argument, "SIZE");
        }
        return std::nullopt;
    }
    if (same_word(key, "BODY")) {
        command.eight_bit = same_word(value, "8BITMIME");
        if (!command.eight_bit && !same_word(value, "7BIT")) {
            return fault(smtp_outcome::bad_argument, "BODY");
        }
        return std::nullopt;
    }
    return fault(smtp_outcome::unknown_parameter, "MAIL");
}

result read_sender(smtp_command command, std::string_view rest)
{
    if (rest.size() < 5 || !same_word(rest.substr(0, 5), "FROM:")) {
        return fault(smtp_outcome::bad_sender);
    }
    rest.remove_prefix(5);
    const auto path = cut_path(rest);
    if (!path) {
        return fault(smtp_outcome::bad_sender);
    }
    if (!path->empty()) {
        const auto sender = mail::address::parse(*path);
        if (!sender) {
            return fault(smtp_outcome::bad_sender);
        }
        command.path = *sender;
    }
    while (!rest.empty()) {
        if (rest.front() != ' ') {
            return fault(smtp_outcome::bad_sender);
        }
        rest.remove_prefix(1);
        const auto word = rest.substr(0, rest.find(' '));
        if (word.empty()) {
            continue;
        }
        if (auto wrong = read_parameter(word, command)) {
            return *wrong;
        }
        rest.remove_prefix(word.size());
    }
    return command;
}

result read_recipient(smtp_command command, std::string_view rest)
{
    if (rest.size() < 3 || !same_word(rest.substr(0, 3), "TO:")) {
        return fault(smtp_outcome::bad_recipient);
    }
    rest.remove_prefix(3);
    const auto path = cut_path(rest);
    if (!path) {
        return fault(smtp_outcome::bad_recipient);
    }
    if (same_word(*path, "Postmaster")) {
        command.postmaster = true;
    } else if (const auto recipient = mail::address::parse(*path)) {
        command.path = *recipient;
    } else {
        return fault(smtp_outcome::bad_recipient);
    }
    if (rest.find_first_not_of(' ') != std::string_view::npos) {
        return rest.front() == ' ' ? fault(smtp_outcome::unknown_parameter, "RCPT")
                                   : fault(smtp_outcome::bad_recipient);
    }
    return command;
}

result read_argument(const verb_row& row, std::string_view rest)
{
    smtp_command command;
    command.verb = row.verb;
    switch (row.takes) {
    case argument::sender:
        return read_sender(std::move(command), rest);
    case argument::recipient:
        return read_recipient(std::move(command), rest);
    case argument::name:
        if (!is_peer_name(rest)) {
            return fault(smtp_outcome::bad_argument, row.text);
        }
        command.name = std::string(rest);
        return command;
    case argument::none:
        if (!rest.empty()) {
            return fault(smtp_outcome::bad_argument, row.text);
        }
        return command;
    case argument::required:
        if (rest.empty()) {
            return fault(smtp_outcome::bad_argument, row.text);
        }
        return command;
    case argument::optional:
        break;
    }
    return command;
}

} // namespace

result parse_command(std::string_view line)
{
    if (!is_printable(line)) {
        return fault(smtp_outcome::malformed_command);
    }
    // RFC 5321 section 4.1.1: trailing white space is tolerated.
    while (!line.empty() && line.back() == ' ') {
        line.remove_suffix(1);
    }
    const auto space = line.find(' ');
    const auto word = line.substr(0, space);
    const auto rest = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
    const auto* row = std::find_if(std::begin(verbs), std::end(verbs), [&](const verb_row& known) {
        return same_word(known.text, word);
    });
    if (row == std::end(verbs)) {
        return fault(smtp_outcome::unknown_command);
    }
    return read_argument(*row, rest);
}

} // namespace gateway
