#include "cli/durable_file.hpp"

#include "cli/failure.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace cli {

namespace {

[[noreturn]] void fail(std::string_view what, const std::filesystem::path& file)
{
    const std::string reason = std::strerror(errno);
    throw failure("cannot " + std::string(what) + " " + file.string() + ": " + reason);
}

/// Closes on every way out.
struct descriptor {
    int number;
    ~descriptor()
    {
        if (number >= 0)
            ::close(number);
    }
};

void write_and_sync(int number, std::string_view content, const std::filesystem::path& file)
{
    while (!content.empty()) {
        const ssize_t written = ::write(number, content.data(), content.size());
        if (written < 0 && errno != EINTR)
            fail("write", file);
        if (written > 0)
            content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(number) != 0)
        fail("sync", file);
}

void sync_folder(const std::filesystem::path& folder)
{
    const descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (opened.number < 0 || ::fsync(opened.number) != 0)
        fail("sync", folder);
}

} // namespace

void write_durably(const std::filesystem::path& file, std::string_view content, unsigned mode)
{
    const std::filesystem::path temporary = file.string() + ".new";
    {
        // A leftover of a crash may have other rights.
        ::unlink(temporary.c_str());
        const descriptor opened{
            ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)};
        if (opened.number < 0)
            fail("create", temporary);
        if (::fchmod(opened.number, mode) != 0)
            fail("set the rights of", temporary);
        write_and_sync(opened.number, content, temporary);
    }
    if (::rename(temporary.c_str(), file.c_str()) != 0)
        fail("replace", file);
    sync_folder(file.has_parent_path() ? file.parent_path() : std::filesystem::path("."));
}

std::string read_whole(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        fail("read", file);
    std::string content{std::istreambuf_iterator<char>(stream), {}};
    if (stream.bad() || std::filesystem::is_directory(file))
        throw failure("cannot read " + file.string());
    return content;
}

} // namespace cli
