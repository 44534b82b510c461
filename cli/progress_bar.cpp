#include "cli/progress_bar.hpp"

#include <algorithm>
#include <iostream>
#include <unistd.h>
#include <utility>

namespace cli {

namespace {

constexpr std::chrono::milliseconds between_drawings{100};
constexpr std::uint64_t width = 20;
constexpr std::string_view erase_line = "\r\033[K";

} // namespace

progress_bar::progress_bar(std::string what, std::uint64_t total)
    : what_(std::move(what)),
      total_(total),
      shown_(::isatty(STDERR_FILENO) == 1),
      next_(std::chrono::steady_clock::now() + between_drawings)
{}

progress_bar::~progress_bar()
{
    if (drawn_)
        std::cerr << erase_line << std::flush;
}

void progress_bar::reach(std::uint64_t done)
{
    if (!shown_)
        return;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_)
        return;
    next_ = now + between_drawings;
    drawn_ = true;
    std::cerr << erase_line << progress_line(what_, done, total_) << std::flush;
}

std::string progress_line(std::string_view what, std::uint64_t done, std::uint64_t total)
{
    if (total == 0)
        return std::string(what) + " " + std::to_string(done);
    const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    const auto filled = static_cast<std::size_t>(part * width);
    const std::string percent = std::to_string(static_cast<int>(part * 100));
    return std::string(what) + " [" + std::string(filled, '#') + std::string(width - filled, '-') +
           "] " + std::string(3 - std::min<std::size_t>(3, percent.size()), ' ') + percent +
           " %  " + std::to_string(done) + " of " + std::to_string(total);
}

} // namespace cli
