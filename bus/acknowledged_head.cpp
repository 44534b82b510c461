#include "bus/acknowledged_head.hpp"

#include "bus/archive.hpp"
#include "bus/disk_error.hpp"
#include "bus/event_check.hpp"
#include "bus/journal_schema.hpp"
#include "bus/octets.hpp"
#include "bus/sqlite.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>

namespace bus {
namespace {

constexpr std::size_t sum_size = crypto_generichash_BYTES_MIN;
constexpr std::size_t fields_size = sizeof(log_identity) + 8 + sizeof(hash);
constexpr std::size_t copy_size = fields_size + sum_size;
constexpr std::size_t distance = 512; // a sector of its own: one torn write harms one copy

template <std::size_t size>
std::string_view view_of(const std::array<std::uint8_t, size>& octets)
{
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// Tells damage of the file; who owns the disk can make it.
std::string sum_of(std::string_view fields)
{
    std::string sum(sum_size, '\0');
    crypto_generichash(
        reinterpret_cast<std::uint8_t*>(sum.data()),
        sum.size(),
        reinterpret_cast<const std::uint8_t*>(fields.data()),
        fields.size(),
        nullptr,
        0);
    return sum;
}

std::string encode(const acknowledged& head)
{
    std::string fields =
        octet_writer{}.raw(view_of(head.identity)).u64(head.seq).raw(view_of(head.own)).take();
    return fields + sum_of(fields);
}

std::optional<acknowledged> decode(std::string_view octets)
{
    if (octets.size() != copy_size ||
        octets.substr(fields_size) != sum_of(octets.substr(0, fields_size)))
        return std::nullopt;
    octet_reader fields{octets};
    acknowledged head;
    std::ranges::copy(fields.raw(head.identity.size()), head.identity.begin());
    head.seq = fields.u64();
    std::ranges::copy(fields.raw(head.own.size()), head.own.begin());
    return head;
}

std::size_t place_of(std::size_t copy)
{
    return copy * distance;
}

std::string read_file(int descriptor, const std::filesystem::path& file)
{
    std::string octets(place_of(1) + copy_size, '\0');
    std::size_t size = 0;
    for (;;) {
        const ssize_t got = ::pread(
            descriptor, octets.data() + size, octets.size() - size, static_cast<off_t>(size));
        if (got < 0 && errno != EINTR)
            throw disk_error("read", file, errno);
        if (got == 0 || size == octets.size())
            break;
        size += got < 0 ? 0 : static_cast<std::size_t>(got);
    }
    octets.resize(size);
    return octets;
}

using both = std::array<std::optional<acknowledged>, 2>;

both decode_both(std::string_view octets)
{
    both copies;
    for (std::size_t copy = 0; copy < copies.size() && place_of(copy) < octets.size(); ++copy)
        copies[copy] = decode(octets.substr(place_of(copy), copy_size));
    return copies;
}

std::size_t newer_of(const both& copies)
{
    return copies[1] && (!copies[0] || copies[1]->seq > copies[0]->seq) ? 1 : 0;
}

std::string accept_it(std::uint64_t last)
{
    return std::string(": ") + restore_database +
           ", or, if this log is to be gone on with, accept the loss with `sealpost bus truncate "
           "--after " +
           std::to_string(last) + "`";
}

} // namespace

acknowledged_head::acknowledged_head(const std::filesystem::path& database)
    : file_(acknowledged_head_of(database)),
      descriptor_(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600))
{
    if (descriptor_ < 0)
        throw disk_error("open", file_, errno);
    const both copies = decode_both(read_file(descriptor_, file_));
    next_ = copies[0] || copies[1] ? 1 - newer_of(copies) : 0;
}

acknowledged_head::~acknowledged_head()
{
    ::close(descriptor_);
}

void acknowledged_head::write(const acknowledged& head)
{
    const std::string octets = encode(head);
    std::string_view left = octets;
    while (!left.empty()) {
        const std::size_t place = place_of(next_) + (octets.size() - left.size());
        const ssize_t done =
            ::pwrite(descriptor_, left.data(), left.size(), static_cast<off_t>(place));
        if (done < 0 && errno != EINTR)
            throw disk_error("write", file_, errno);
        if (done > 0)
            left.remove_prefix(static_cast<std::size_t>(done));
    }
    next_ = 1 - next_;
}

void acknowledged_head::sync()
{
    if (::fdatasync(descriptor_) != 0)
        throw disk_error("sync", file_, errno);
}

std::optional<acknowledged> read_acknowledged_head(const std::filesystem::path& database)
{
    const std::filesystem::path file = acknowledged_head_of(database);
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOENT)
        return std::nullopt;
    if (descriptor < 0)
        throw disk_error("open", file, errno);
    const std::shared_ptr<void> closed{nullptr, [descriptor](void*) { ::close(descriptor); }};
    const std::string octets = read_file(descriptor, file);
    if (octets.size() < copy_size) // a crash came right after it was made
        return std::nullopt;
    const both copies = decode_both(octets);
    std::optional<acknowledged> head = copies[newer_of(copies)];
    if (!head)
        throw damaged(
            "the acknowledged head " + file.string() +
            " is damaged: compare the log with a signed head (`sealpost verify --head`), then go "
            "on with it by `sealpost bus truncate --after` its last event");
    return head;
}

std::filesystem::path acknowledged_head_of(const std::filesystem::path& database)
{
    std::filesystem::path file = database;
    file += ".head";
    return file;
}

void check_acknowledged(
    database& db,
    const std::filesystem::path& file,
    const log_identity& identity,
    const std::optional<acknowledged>& expected)
{
    if (!expected || expected->seq == 0)
        return;
    const std::uint64_t last = last_seq(db);
    const std::string event = "event " + std::to_string(expected->seq);
    if (expected->identity != identity)
        throw damaged(
            "another log was acknowledged here, up to " + event + ", than the one that is here" +
            accept_it(last));
    if (last < expected->seq)
        throw damaged(
            "the log ends with event " + std::to_string(last) + ", but " + event +
            " was acknowledged" + accept_it(last));
    archive older{db, file};
    const bool archived = expected->seq <= older.through().seq;
    database& holding = archived ? older.holding(expected->seq) : db;
    if (stored_position(holding, expected->seq).own != expected->own)
        throw damaged(event + " is another one than was acknowledged" + accept_it(last));
}

} // namespace bus
