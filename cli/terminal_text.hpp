#pragma once

#include <string>
#include <string_view>

namespace cli {

/// What was received is not ours: control characters become `?`, so that nothing of it steers the
/// terminal.
std::string printable(std::string_view text);

/// In an ANSI colour or style ("1;34"), if `colors`.
std::string painted(std::string_view text, std::string_view color, bool colors);

/// Standard output is a terminal, and NO_COLOR (no-color.org) is not set.
bool terminal_takes_colors();

} // namespace cli
