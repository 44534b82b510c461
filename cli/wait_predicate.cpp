#include "cli/wait_predicate.hpp"

#include "cli/failure.hpp"
#include "mail/address.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <vector>

namespace cli {

namespace {

struct form {
    std::string_view first;
    std::string_view second;
    wait_predicate::kind kind;
    bool takes_address;
    bool takes_id;
};

using enum wait_predicate::kind;
constexpr std::array forms = {
    form{"delivered", "to", delivered, true, true},
    form{"accepted", "from", accepted, true, false},
    form{"read", "by", read, true, true},
    form{"in", "force", in_force, false, true},
    form{"passcode", "for", passcode, true, false},
    form{"link", "for", link, true, true},
    form{"applied", "through", applied, false, false},
};

constexpr std::string_view grammar = "\n  delivered to ADDR [of ID]"
                                     "\n  accepted from ADDR"
                                     "\n  read by ADDR [of ID]"
                                     "\n  in force [of ID]"
                                     "\n  passcode for ADDR"
                                     "\n  link for ADDR [of ID]"
                                     "\n  applied through SEQ";

[[noreturn]] void refuse(const std::string& what)
{
    throw failure(
        what + "; a predicate is one of" + std::string(grammar), exit_code::wrong_arguments);
}

std::vector<std::string> words_of(std::string_view text)
{
    std::vector<std::string> words;
    std::string word;
    for (const char character : text) {
        if (std::isspace(static_cast<unsigned char>(character)) == 0) {
            word += character;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty())
        words.push_back(std::move(word));
    return words;
}

std::string lower(std::string text)
{
    std::transform(
        text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

const form& form_of(const std::vector<std::string>& words)
{
    if (words.size() >= 2)
        for (const form& one : forms)
            if (lower(words[0]) == one.first && lower(words[1]) == one.second)
                return one;
    refuse(words.empty() ? "the predicate is empty" : "'" + words[0] + "' begins no predicate");
}

std::uint64_t number_of(const std::string& word)
{
    std::uint64_t number = 0;
    const char* const end = word.data() + word.size();
    const auto [rest, wrong] = std::from_chars(word.data(), end, number);
    if (wrong != std::errc() || rest != end)
        refuse("'" + word + "' is no number of an event");
    return number;
}

} // namespace

wait_predicate parse_predicate(std::string_view text)
{
    const std::vector<std::string> words = words_of(text);
    const form& wanted = form_of(words);
    wait_predicate predicate;
    predicate.what = wanted.kind;
    std::size_t at = 2;
    const auto next = [&](std::string_view what) -> const std::string& {
        if (at >= words.size())
            refuse(std::string(what) + " is missing in '" + std::string(text) + "'");
        return words[at++];
    };
    if (wanted.takes_address) {
        predicate.address = next("the address");
        if (!mail::address::parse(predicate.address))
            refuse("'" + predicate.address + "' is no mail address");
    }
    if (wanted.kind == applied)
        predicate.seq = number_of(next("the number of the event"));
    if (wanted.takes_id && at < words.size() && lower(words[at]) == "of") {
        ++at;
        predicate.id = next("the message's id");
    }
    if (at < words.size())
        refuse("'" + words[at] + "' is too much in '" + std::string(text) + "'");
    return predicate;
}

} // namespace cli
