#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace cli {

/// A program to run as a child of ours.
struct child_program {
    std::string name;
    std::filesystem::path executable;
    std::vector<std::string> arguments; ///< without the program's own name
    std::filesystem::path log_file;     ///< gets standard output and standard error, appended
    /// Listening sockets (LISTEN_FDNAMES name, descriptor) that it inherits as systemd hands them
    /// down.
    std::vector<std::pair<std::string, int>> sockets;
};

/// Starts it in a process group of its own (a Ctrl-C reaches us alone, and we stop it in order),
/// with a death signal: when we die, it gets SIGTERM. Throws failure when it cannot be run. Call
/// from the main thread: the death signal follows the thread that forked.
pid_t start_child(const child_program& program);

/// The last lines of a log, for people; empty when there is none.
std::string last_lines(const std::filesystem::path& log_file, std::size_t count);

} // namespace cli
