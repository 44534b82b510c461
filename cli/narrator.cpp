#include "cli/narrator.hpp"

#include <cstdlib>
#include <iostream>
#include <sstream>
#include <unistd.h>

namespace cli {

namespace {

constexpr std::string_view bold = "1";
constexpr std::string_view green = "32";
constexpr std::string_view faint = "2";
constexpr std::string_view blue = "1;34";

/// What was received is not ours: nothing of it may steer the terminal.
std::string printable(std::string_view text)
{
    std::string shown;
    for (const char character : text) {
        const auto octet = static_cast<unsigned char>(character);
        shown += (octet < 0x20 && octet != '\t') || octet == 0x7f ? '?' : character;
    }
    return shown;
}

} // namespace

narrator::narrator() : colours_(::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr)
{}

void narrator::step(std::string_view title)
{
    ++steps_;
    std::cout << "\n"
              << painted(std::to_string(steps_) + ". " + std::string(title), blue) << std::endl;
}

void narrator::line(std::string_view text)
{
    std::cout << "   " << printable(text) << std::endl;
}

void narrator::good(std::string_view text)
{
    std::cout << "   " << painted("✓", green) << " " << printable(text) << std::endl;
}

void narrator::quote(std::string_view text)
{
    std::istringstream lines{std::string(text)};
    for (std::string one; std::getline(lines, one);) {
        if (one.ends_with('\r'))
            one.pop_back();
        std::cout << "   " << painted("│", faint) << " " << printable(one) << "\n";
    }
    std::cout << std::flush;
}

void narrator::heading(std::string_view text)
{
    std::cout << painted(text, bold) << std::endl;
}

std::string narrator::painted(std::string_view text, std::string_view colour) const
{
    if (!colours_)
        return std::string(text);
    return "\033[" + std::string(colour) + "m" + std::string(text) + "\033[0m";
}

} // namespace cli
