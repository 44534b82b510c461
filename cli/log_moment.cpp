#include "cli/log_moment.hpp"

#include "mail/date.hpp"

#include <charconv>
#include <system_error>

namespace cli {

std::optional<log_moment> log_moment::parse(std::string_view text)
{
    std::uint64_t seq = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, wrong] = std::from_chars(text.data(), end, seq);
    if (wrong == std::errc() && stopped == end)
        return log_moment{seq, 0};
    if (const auto time = mail::parse_rfc3339(text))
        return log_moment{std::nullopt, *time};
    return std::nullopt;
}

} // namespace cli
