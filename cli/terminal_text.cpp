#include "cli/terminal_text.hpp"

#include <cstdlib>
#include <unistd.h>

namespace cli {

namespace {

/// U+0080 to U+009F in UTF-8: terminals take them for commands, too.
bool starts_c1_control(std::string_view rest)
{
    return rest.size() > 1 && rest[0] == '\xc2' && static_cast<unsigned char>(rest[1]) >= 0x80 &&
           static_cast<unsigned char>(rest[1]) < 0xa0;
}

} // namespace

std::string printable(std::string_view text)
{
    std::string shown;
    for (; !text.empty(); text.remove_prefix(1)) {
        const auto octet = static_cast<unsigned char>(text.front());
        if (starts_c1_control(text))
            text.remove_prefix(1);
        else if ((octet >= 0x20 || octet == '\t') && octet != 0x7f) {
            shown += text.front();
            continue;
        }
        shown += '?';
    }
    return shown;
}

std::string painted(std::string_view text, std::string_view color, bool colors)
{
    if (!colors)
        return std::string(text);
    return "\033[" + std::string(color) + "m" + std::string(text) + "\033[0m";
}

bool terminal_takes_colors()
{
    const char* const no_color = std::getenv("NO_COLOR");
    return ::isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

} // namespace cli
