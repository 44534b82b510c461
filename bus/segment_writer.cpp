#include "bus/segment_writer.hpp"

#include "bus/disk_error.hpp"
#include "bus/durable_files.hpp"
#include "bus/event_check.hpp"
#include "bus/journal_schema.hpp"
#include "bus/opened_file.hpp"

#include <cerrno>
#include <limits>
#include <string>
#include <sys/stat.h>
#include <utility>

namespace bus {
namespace {

constexpr mode_t read_by_owner = 0400; ///< a segment never changes again

/// Nothing is asked of the disk before the file is whole: until then it counts for nothing.
constexpr const char* write_in_one_go = R"(
    PRAGMA page_size = 16384;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    BEGIN;
    CREATE TABLE properties (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE events (
        seq INTEGER PRIMARY KEY,
        time INTEGER NOT NULL,
        id TEXT NOT NULL,
        type TEXT NOT NULL,
        payload BLOB NOT NULL,
        own BLOB NOT NULL);
)";

/// A segment under its first name; where it does not become whole, it is removed again: the disk
/// may be full.
class unfinished_file {
public:
    explicit unfinished_file(std::filesystem::path name) : name_(std::move(name))
    {
        const opened_file made{name_, O_RDWR | O_CREAT | O_TRUNC};
        if (made.error() != 0)
            throw disk_error("make", name_, made.error());
        if (::fchmod(made.number(), S_IRUSR | S_IWUSR) != 0)
            throw disk_error("make private", name_, errno);
    }
    ~unfinished_file()
    {
        std::error_code renamed;
        std::filesystem::remove(name_, renamed);
    }
    unfinished_file(const unfinished_file&) = delete;
    unfinished_file& operator=(const unfinished_file&) = delete;

    const std::filesystem::path& name() const { return name_; }

private:
    std::filesystem::path name_;
};

void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to)
{
    if (::chmod(from.c_str(), read_by_owner) != 0)
        throw disk_error("protect", from, errno);
    std::error_code error;
    std::filesystem::rename(from, to, error);
    if (error)
        throw disk_error("rename", from, error.value());
    sync_folder_of(to);
}

std::string_view view_over(const auto& array)
{
    return {reinterpret_cast<const char*>(array.data()), array.size()};
}

log_position copy_events(
    database& log,
    const log_position& before,
    std::uint64_t last,
    const std::filesystem::path& file,
    const std::function<void(const stored_event&)>& seen)
{
    database into{file, database::access::write};
    into.execute(write_in_one_go);
    const log_identity identity = read_identity(log);
    statement property{into, "INSERT INTO properties (name, value) VALUES ('log id', ?)"};
    property.run(blob{view_over(identity)});
    statement insert{
        into, "INSERT INTO events (seq, time, id, type, payload, own) VALUES (?, ?, ?, ?, ?, ?)"};
    event_check check{log, before};
    const std::optional<log_fault> fault = check.run(last, [&](const stored_event& fact) {
        insert.run(
            static_cast<std::int64_t>(fact.seq),
            fact.time,
            std::string_view{fact.id},
            std::string_view{fact.type},
            blob{fact.payload},
            blob{view_over(fact.own)});
        seen(fact);
    });
    if (fault)
        throw damaged(
            "event " + std::to_string(fault->seq) + " is damaged, and cannot be archived: " +
            fault->reason + "; `sealpost verify` says what is right");
    into.execute("COMMIT");
    return check.right();
}

void check_copy(
    const std::filesystem::path& file, const log_position& before, const log_position& last)
{
    database copy{file, database::access::read};
    event_check check{copy, before};
    const std::optional<log_fault> fault =
        check.run(std::numeric_limits<std::int64_t>::max(), [](const stored_event&) {});
    const std::string structure = structure_fault(copy);
    if (fault || !structure.empty() || check.right().own != last.own)
        throw damaged(
            file.string() + " reads otherwise than it was written" +
            (fault ? " at event " + std::to_string(fault->seq) : "") +
            ": look after that disk; the events stay where they were");
}

} // namespace

std::filesystem::path unfinished_name_of(const std::filesystem::path& file)
{
    std::filesystem::path name = file;
    name += ".unfinished";
    return name;
}

log_position write_segment(
    database& log,
    const log_position& before,
    std::uint64_t last,
    const std::filesystem::path& file,
    const std::function<void(const stored_event&)>& seen)
{
    const unfinished_file made{unfinished_name_of(file)};
    const log_position end = copy_events(log, before, last, made.name(), seen);
    reread_from_disk(made.name());
    check_copy(made.name(), before, end);
    rename_durably(made.name(), file);
    return end;
}

} // namespace bus
