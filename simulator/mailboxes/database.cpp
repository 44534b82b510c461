#include "simulator/mailboxes/database.hpp"

#include <sqlite3.h>

namespace simulator {

namespace {

constexpr int busy_milliseconds = 5000;

[[noreturn]] void fail(sqlite3* database, const std::string& what)
{
    throw database_error(what + ": " + sqlite3_errmsg(database));
}

} // namespace

statement::statement(sqlite3* database, std::string_view sql)
{
    sqlite3_stmt* made = nullptr;
    const int size = static_cast<int>(sql.size());
    if (sqlite3_prepare_v2(database, sql.data(), size, &made, nullptr) != SQLITE_OK)
        fail(database, "a statement can't be prepared");
    held_.reset(made);
}

statement& statement::bind(int position, std::string_view text)
{
    sqlite3_bind_text64(
        held_.get(), position, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

statement& statement::bind_octets(int position, std::string_view octets)
{
    sqlite3_bind_blob64(held_.get(), position, octets.data(), octets.size(), SQLITE_STATIC);
    return *this;
}

statement& statement::bind(int position, std::int64_t number)
{
    sqlite3_bind_int64(held_.get(), position, number);
    return *this;
}

bool statement::step()
{
    const int result = sqlite3_step(held_.get());
    if (result == SQLITE_ROW)
        return true;
    if (result == SQLITE_DONE)
        return false;
    fail(sqlite3_db_handle(held_.get()), "a statement failed");
}

std::int64_t statement::integer(int column) const
{
    return sqlite3_column_int64(held_.get(), column);
}

std::string statement::text(int column) const
{
    const void* octets = sqlite3_column_blob(held_.get(), column);
    const int size = sqlite3_column_bytes(held_.get(), column);
    if (!octets)
        return {};
    return {static_cast<const char*>(octets), static_cast<std::size_t>(size)};
}

void statement::finalizer::operator()(sqlite3_stmt* held) const
{
    sqlite3_finalize(held);
}

database::database(const std::filesystem::path& file)
{
    sqlite3* made = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int result = sqlite3_open_v2(file.c_str(), &made, flags, nullptr);
    held_.reset(made);
    if (result != SQLITE_OK)
        fail(made, "the database " + file.string() + " can't be opened");
    sqlite3_busy_timeout(made, busy_milliseconds);
    execute("PRAGMA journal_mode = WAL");
    execute("PRAGMA synchronous = FULL");
}

void database::execute(const char* sql) const
{
    if (sqlite3_exec(held_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(held_.get(), "the database refused");
}

std::int64_t database::changes() const
{
    return sqlite3_changes64(held_.get());
}

void database::closer::operator()(sqlite3* held) const
{
    sqlite3_close_v2(held);
}

transaction::~transaction()
{
    if (!open_)
        return;
    try {
        file_.execute("ROLLBACK");
    } catch (const database_error&) {
        // SQLite has rolled back already, which is all that was wanted.
    }
}

void transaction::commit()
{
    file_.execute("COMMIT");
    open_ = false;
}

} // namespace simulator
