#include "cli/durable_file.hpp"

#include "cli/failure.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

namespace cli {

namespace {

constexpr std::size_t most_octets = std::size_t{64} * 1024 * 1024;

template <class Step>
auto told_as_failure(Step step)
{
    try {
        return step();
    } catch (const std::system_error& reason) {
        throw failure(reason.what());
    }
}

} // namespace

durable_file::durable_file(std::filesystem::path file, unsigned mode)
    : file_(told_as_failure([&] { return service::durable_file(std::move(file), mode); }))
{}

void durable_file::write(std::string_view content)
{
    told_as_failure([&] { file_.write(content); });
}

void durable_file::commit()
{
    told_as_failure([&] { file_.commit(); });
}

void write_durably(const std::filesystem::path& file, std::string_view content, unsigned mode)
{
    durable_file written(file, mode);
    written.write(content);
    written.commit();
}

void sync_folder(const std::filesystem::path& folder)
{
    told_as_failure([&] { service::sync_folder(folder); });
}

std::string read_whole(const std::filesystem::path& file)
{
    std::error_code unseen;
    if (std::filesystem::is_directory(file, unseen))
        throw failure("cannot read " + file.string() + ": it is a directory");
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        throw failure("cannot read " + file.string() + ": " + std::strerror(errno));
    std::string content;
    std::array<char, 65'536> part{};
    while (stream.read(part.data(), part.size()) || stream.gcount() > 0) {
        content.append(part.data(), static_cast<std::size_t>(stream.gcount()));
        if (content.size() > most_octets)
            throw failure(file.string() + " has more than 64 MiB: it is not what was meant");
    }
    if (stream.bad())
        throw failure("cannot read " + file.string());
    return content;
}

} // namespace cli
