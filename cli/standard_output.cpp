#include "cli/standard_output.hpp"

#include "cli/failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <iostream>
#include <string>
#include <unistd.h>

namespace cli {

namespace {

/// Of a write that failed: other errors come from elsewhere.
bool is_reason(int error)
{
    constexpr std::array reasons{ENOSPC, EDQUOT, EFBIG, EIO, EBADF, EPIPE};
    return std::find(reasons.begin(), reasons.end(), error) != reasons.end();
}

} // namespace

void fill_closed_streams()
{
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF)
            // The lowest free number is this one. Opened the wrong way round, every use fails.
            static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
}

void finish_standard_output()
{
    if (std::cout)
        errno = 0; // else the write that failed has set it, or what came after it did
    if (std::cout.flush())
        return;
    const int reason = errno;
    throw failure(
        std::string("cannot write to standard output: ") +
        (is_reason(reason) ? std::strerror(reason) : "not all of it was taken"));
}

} // namespace cli
