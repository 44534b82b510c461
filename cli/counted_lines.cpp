#include "cli/counted_lines.hpp"

#include "bus/protocol.hpp"
#include "cli/failure.hpp"

#include <streambuf>

namespace cli {

namespace {

/// The longest payload in base64, and what stands around it.
constexpr std::size_t longest_line = bus::limit::payload * 4 / 3 + 4096;

} // namespace

std::optional<std::string> counted_lines::next()
{
    std::string line;
    ++number_;
    for (;;) {
        const int octet = from_.sbumpc();
        if (octet == std::streambuf::traits_type::eof())
            break;
        ++octets_;
        if (octet == '\n')
            return line;
        if (line.size() == longest_line)
            throw failure("is longer than any line of an export");
        line += static_cast<char>(octet);
    }
    if (!line.empty())
        throw failure("does not end: the file was cut off");
    return std::nullopt;
}

} // namespace cli
