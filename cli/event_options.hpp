#pragma once

#include "cli/log_moment.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// What the arguments of `events` and of its commands say; filled by event_arguments.cpp alone.
namespace cli {

/// Which events are meant; empty and nullopt: all.
struct event_selection {
    std::vector<std::string> types; ///< with or without "sealpost."
    std::string message;            ///< network message id or Message-ID
    std::optional<log_moment> from;
    std::optional<log_moment> through;
};

struct events_options {
    event_selection wanted;
    bool follow = false;
};

struct events_export_options {
    event_selection wanted;
    std::filesystem::path output; ///< empty: standard output
    bool redact = false;
};

struct events_import_options {
    std::filesystem::path file; ///< "-": standard input
    bool json = false;
};

enum class color_choice { automatic, always, never };

struct events_tail_options {
    event_selection wanted;
    bool follow = false;
    std::uint64_t lines = 10;
    color_choice color = color_choice::automatic;
};

} // namespace cli
