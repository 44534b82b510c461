#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

/// How far long work has come, on the terminal's last line; nothing at all where standard error is
/// no terminal. The line is gone when the work is done.
class progress_bar {
public:
    /// `total` 0: not known.
    progress_bar(std::string what, std::uint64_t total);
    ~progress_bar();
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;

    void reach(std::uint64_t done);

private:
    std::string what_;
    std::uint64_t total_;
    bool shown_;
    bool drawn_ = false;
    std::chrono::steady_clock::time_point next_;
};

/// "exporting [#####---------------]  25 %  1000 of 4000"
std::string progress_line(std::string_view what, std::uint64_t done, std::uint64_t total);

} // namespace cli
