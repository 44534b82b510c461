#include "cli/narrator.hpp"

#include "cli/terminal_text.hpp"

#include <iostream>
#include <sstream>

namespace cli {

namespace {

constexpr std::string_view bold = "1";
constexpr std::string_view green = "32";
constexpr std::string_view faint = "2";
constexpr std::string_view blue = "1;34";

} // namespace

narrator::narrator() : colours_(terminal_takes_colors()) {}

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
    return cli::painted(text, colour, colours_);
}

} // namespace cli
