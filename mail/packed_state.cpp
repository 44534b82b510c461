#include "mail/packed_state.hpp"

namespace mail {
namespace {

constexpr std::size_t piece = 64 * 1024;
constexpr unsigned bits = 7;
constexpr std::uint8_t more = 1U << bits;

} // namespace

void state_writer::finish()
{
    to_(waiting_);
    waiting_.clear();
}

void state_writer::put(std::uint64_t value)
{
    for (; value >= more; value >>= bits)
        waiting_ += static_cast<char>(value | more);
    waiting_ += static_cast<char>(value);
    if (waiting_.size() >= piece)
        finish();
}

void state_writer::words(std::string_view value)
{
    put(value.size());
    waiting_ += value;
}

void state_reader::finish() const
{
    if (!rest_.empty())
        throw damaged_state("octets are left over");
}

void state_reader::constant(std::string_view text)
{
    if (words() != text)
        throw damaged_state("not the form that this version writes: " + std::string(text));
}

void state_reader::address(const char* name, mail::address& value)
{
    sender(name, value);
    if (value.is_null())
        throw damaged_state(std::string(name) + " is the null address");
}

void state_reader::address(const char* name, kept_address& value)
{
    sender(name, value);
    if (value.is_null())
        throw damaged_state(std::string(name) + " is the null address");
}

void state_reader::sender(const char* name, mail::address& value)
{
    value = parsed(name, words());
}

void state_reader::sender(const char* name, kept_address& value)
{
    const std::string_view text = words();
    mail::address whole = parsed(name, text);
    if (whole.key() == text)
        value = {text, text};
    else
        value = kept_address(mixed_case_.emplace_back(std::move(whole)));
}

mail::address state_reader::parsed(const char* name, std::string_view text)
{
    auto found = text.empty() ? mail::address() : mail::address::parse(text);
    if (!found)
        throw damaged_state(std::string(name) + " is no mail address");
    return *std::move(found);
}

std::uint64_t state_reader::take(std::uint64_t most)
{
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += bits) {
        const auto octet = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        value |= std::uint64_t{octet & (more - 1U)} << shift;
        if (octet < more) {
            if (value > most)
                throw damaged_state("a number is too large");
            return value;
        }
    }
    throw damaged_state("a number has no end");
}

std::string_view state_reader::words()
{
    const std::uint64_t size = take(rest_.size());
    if (size > rest_.size())
        throw damaged_state("a text is cut off");
    const std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
}

} // namespace mail
