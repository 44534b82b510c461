#include "bus/sqlite.hpp"

#include "bus/gathered_writes.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <string>
#include <unistd.h>

namespace bus {
namespace {

/// What the disk said, as errno; 0 when the disk is not to blame. `seen`: errno after the call,
/// which had begun with 0; SQLite does not always keep it.
int disk_fault(sqlite3* handle, int seen)
{
    switch (sqlite3_errcode(handle) & 0xff) {
    case SQLITE_FULL:
        return ENOSPC;
    case SQLITE_READONLY:
        return EACCES;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        if (const int kept = sqlite3_system_errno(handle))
            return kept;
        return seen == 0 ? EIO : seen;
    default:
        return 0;
    }
}

[[noreturn]] void fail(sqlite3* handle, const std::string& what)
{
    const int seen = errno;
    const std::string why = what + ": " + sqlite3_errmsg(handle);
    const std::string file = sqlite3_db_filename(handle, "main");
    const int code = sqlite3_errcode(handle) & 0xff;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        throw damaged(
            file + ": " + sqlite3_errmsg(handle) +
            "; restore it from a backup (without its -wal and -shm files)");
    if (const int error = disk_fault(handle, seen))
        throw disk_error("use (" + why + ")", file, error);
    throw disk_error(file + ": " + why);
}

/// A copy on a read-only disk, or in a folder of others: SQLite could not make the files beside it
/// by which it shares a write-ahead log, and there is none.
bool stands_alone(const std::filesystem::path& file)
{
    const auto beside = [&file](const char* end) {
        std::filesystem::path name = file;
        return name += end;
    };
    std::error_code missing;
    const auto waiting = std::filesystem::file_size(beside("-wal"), missing);
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    return (missing || waiting == 0) && !std::filesystem::exists(beside("-shm"), missing) &&
           ::access(folder.c_str(), W_OK) != 0;
}

/// Names a file that nobody changes, to be read without any other.
std::string unchanging(const std::filesystem::path& file)
{
    std::string uri = "file:";
    for (const char octet : std::filesystem::absolute(file).string()) {
        if (octet == '%')
            uri += "%25";
        else if (octet == '?')
            uri += "%3f";
        else if (octet == '#')
            uri += "%23";
        else
            uri += octet;
    }
    return uri + "?immutable=1";
}

} // namespace

void expect_not_emptied(const std::filesystem::path& file)
{
    const auto octets = [](const std::filesystem::path& name) {
        std::error_code missing;
        const auto size = std::filesystem::file_size(name, missing);
        return missing ? 0 : size;
    };
    std::filesystem::path log = file;
    log += "-wal";
    if (octets(file) == 0 && octets(log) > 0)
        throw damaged(
            file.string() + " is missing or empty, and " + log.string() +
            " belongs to it: put the database back, or move both away; nothing was changed");
}

database::database(const std::filesystem::path& file, access wanted)
{
    expect_not_emptied(file);
    const bool alone = wanted == access::read && stands_alone(file);
    const std::string name = alone ? unchanging(file) : file.string();
    const int flags =
        wanted == access::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    if (sqlite3_open_v2(
            name.c_str(),
            &handle_,
            flags | (alone ? SQLITE_OPEN_URI : 0) | SQLITE_OPEN_NOMUTEX,
            gathered_writes()) != SQLITE_OK) {
        const int error = handle_ == nullptr ? ENOMEM : sqlite3_system_errno(handle_);
        sqlite3_close(handle_);
        throw disk_error("open", file, error);
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, 2000);
    const auto count_pages = [](void* owner, sqlite3*, const char*, int pages) {
        static_cast<database*>(owner)->log_pages_ = pages;
        return SQLITE_OK;
    };
    // In place of SQLite's own checkpoints, whose failures nobody would hear of.
    sqlite3_wal_hook(handle_, count_pages, this);
    // Closing after a failure would be another try of a sync that may just have failed.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (wanted == access::write && sqlite3_db_readonly(handle_, "main") == 1) {
        sqlite3_close(handle_);
        throw disk_error("write", file, EACCES);
    }
}

database::~database()
{
    sqlite3_close(handle_);
}

void database::execute(const char* sql)
{
    errno = 0;
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(handle_, sql);
}

int database::changed_rows() const
{
    return sqlite3_changes(handle_);
}

void database::checkpoint()
{
    checkpoint(SQLITE_CHECKPOINT_PASSIVE);
}

void database::empty_log()
{
    checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
}

void database::checkpoint(int how)
{
    errno = 0;
    const int done = sqlite3_wal_checkpoint_v2(handle_, nullptr, how, nullptr, nullptr);
    if (done != SQLITE_OK && (done & 0xff) != SQLITE_BUSY && (done & 0xff) != SQLITE_LOCKED)
        fail(handle_, "checkpoint");
}

rows::~rows()
{
    sqlite3_reset(running_.raw());
    sqlite3_clear_bindings(running_.raw());
}

bool rows::next()
{
    errno = 0;
    const int got = sqlite3_step(running_.raw());
    if (got == SQLITE_ROW)
        return true;
    if (got != SQLITE_DONE)
        fail(sqlite3_db_handle(running_.raw()), sqlite3_sql(running_.raw()));
    return false;
}

std::int64_t rows::integer(int column) const
{
    return sqlite3_column_int64(running_.raw(), column);
}

bool rows::is_null(int column) const
{
    return sqlite3_column_type(running_.raw(), column) == SQLITE_NULL;
}

std::string_view rows::octets(int column) const
{
    // Looked for once and not for each question; nobody else uses this connection meanwhile.
    sqlite3_value* const value = sqlite3_column_value(running_.raw(), column);
    const void* data = sqlite3_value_blob(value);
    const int size = sqlite3_value_bytes(value);
    if (data == nullptr)
        return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

statement::statement(database& in, std::string_view sql)
{
    const int size = static_cast<int>(sql.size());
    errno = 0;
    if (sqlite3_prepare_v3(
            in.raw(), sql.data(), size, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr) != SQLITE_OK)
        fail(in.raw(), std::string{sql});
}

statement::~statement()
{
    sqlite3_finalize(handle_);
}

void statement::bind(int place, std::int64_t value)
{
    if (sqlite3_bind_int64(handle_, place, value) != SQLITE_OK)
        fail(sqlite3_db_handle(handle_), "bind");
}

void statement::bind(int place, std::string_view text)
{
    const char* data = text.empty() ? "" : text.data();
    if (sqlite3_bind_text64(handle_, place, data, text.size(), SQLITE_STATIC, SQLITE_UTF8) !=
        SQLITE_OK)
        fail(sqlite3_db_handle(handle_), "bind");
}

void statement::bind(int place, blob value)
{
    const char* data = value.octets.empty() ? "" : value.octets.data();
    if (sqlite3_bind_blob64(handle_, place, data, value.octets.size(), SQLITE_STATIC) != SQLITE_OK)
        fail(sqlite3_db_handle(handle_), "bind");
}

std::string integrity_of(database& db, const std::string& table)
{
    statement check{db, "PRAGMA integrity_check('" + table + "')"};
    rows row = check.open();
    return std::string{row.next() ? row.octets(0) : "nothing"};
}

} // namespace bus
