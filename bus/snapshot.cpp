#include "bus/snapshot.hpp"

#include "bus/octets.hpp"
#include "bus/sha256.hpp"
#include "service/durable_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace bus {
namespace {

constexpr std::string_view first_line = "sealpost snapshot 1\n";
constexpr std::size_t size_of_size = 4;
constexpr std::size_t longest_name = 255;
constexpr std::uint32_t most_parts = 64;

hash read_hash(octet_reader& from)
{
    hash value;
    const std::string_view octets = from.raw(value.size());
    std::copy(octets.begin(), octets.end(), value.begin());
    return value;
}

[[noreturn]] void fail(const std::filesystem::path& file)
{
    throw std::system_error(errno, std::system_category(), "cannot read " + file.string());
}

/// The whole file in memory, for reading.
std::shared_ptr<const void> map_file(const std::filesystem::path& file, std::size_t& size)
{
    const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (opened < 0)
        fail(file);
    const std::shared_ptr<void> closing{nullptr, [opened](void*) { ::close(opened); }};
    struct stat about {};
    if (::fstat(opened, &about) != 0)
        fail(file);
    size = static_cast<std::size_t>(about.st_size);
    if (size == 0)
        throw damaged_snapshot("it is empty");
    void* const at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, opened, 0);
    if (at == MAP_FAILED)
        fail(file);
    return {at, [size](const void* start) { ::munmap(const_cast<void*>(start), size); }};
}

/// Cuts the last `size` octets off.
std::string_view cut_end(std::string_view& octets, std::size_t size)
{
    if (size > octets.size())
        throw damaged_snapshot("it is cut off");
    const std::string_view end = octets.substr(octets.size() - size);
    octets.remove_suffix(size);
    return end;
}

} // namespace

void write_snapshot(
    const std::filesystem::path& file,
    std::string_view process,
    const log_place& place,
    std::span<const snapshot_part> parts)
{
    service::durable_file written(file);
    written.write(first_line);
    octet_writer table;
    table.raw(first_line).text(process).u64(place.seq);
    table.raw(octets_of(place.prev)).raw(octets_of(place.own));
    table.u32(static_cast<std::uint32_t>(parts.size()));
    for (const snapshot_part& part : parts) {
        sha256 sum;
        std::uint64_t size = 0;
        part.write([&](std::string_view octets) {
            written.write(octets);
            sum.add(octets);
            size += octets.size();
        });
        table.text(part.name).u64(size).raw(octets_of(sum.finish()));
    }
    std::string end = table.take();
    end += octets_of(sha256_of(end));
    written.write(end);
    written.write(octet_writer{}.u32(static_cast<std::uint32_t>(end.size())).take());
    written.commit();
}

snapshot::snapshot(const std::filesystem::path& file, std::string_view process)
{
    std::size_t size = 0;
    mapped_ = map_file(file, size);
    const std::string_view octets{static_cast<const char*>(mapped_.get()), size};
    if (!octets.starts_with(first_line))
        throw damaged_snapshot("it is no snapshot of this version");
    try {
        read_table(octets.substr(first_line.size()), process);
    } catch (const malformed& fault) {
        throw damaged_snapshot(fault.what());
    }
}

/// Parts, the table of them, its sum, the size of table and sum.
void snapshot::read_table(std::string_view octets, std::string_view process)
{
    octet_reader last{cut_end(octets, size_of_size)};
    std::string_view table = cut_end(octets, last.u32());
    const std::string_view sum = cut_end(table, hash{}.size());
    if (octets_of(sha256_of(table)) != sum)
        throw damaged_snapshot("the sum of its table is wrong");
    octet_reader fields{table};
    fields.raw(first_line.size());
    if (fields.text(longest_name) != process)
        throw damaged_snapshot("it is another process's");
    place_.seq = fields.u64();
    place_.prev = read_hash(fields);
    place_.own = read_hash(fields);
    for (std::uint32_t left = fields.count(most_parts); left > 0; --left) {
        const std::string name{fields.text(longest_name)};
        const std::uint64_t size = fields.u64();
        if (size > octets.size())
            throw damaged_snapshot(name + " is cut off");
        const std::string_view part = octets.substr(0, size);
        octets.remove_prefix(size);
        if (sha256_of(part) != read_hash(fields))
            throw damaged_snapshot("the sum of " + name + " is wrong");
        parts_.emplace(name, part);
    }
    fields.finish();
    if (!octets.empty())
        throw damaged_snapshot("octets are left over");
}

std::string_view snapshot::part(const std::string& name) const
{
    const auto found = parts_.find(name);
    if (found == parts_.end())
        throw damaged_snapshot("it has no " + name);
    return found->second;
}

} // namespace bus
