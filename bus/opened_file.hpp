#pragma once

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace bus {

/// A descriptor that is closed at the end of its scope.
class opened_file {
public:
    opened_file(const std::filesystem::path& file, int flags)
        : number_(::open(file.c_str(), flags | O_CLOEXEC)), error_(number_ < 0 ? errno : 0)
    {}
    ~opened_file()
    {
        if (number_ >= 0)
            ::close(number_);
    }
    opened_file(const opened_file&) = delete;
    opened_file& operator=(const opened_file&) = delete;

    int number() const { return number_; }
    /// Why it could not be opened, an errno; 0: it was.
    int error() const { return error_; }

private:
    int number_;
    int error_;
};

} // namespace bus
