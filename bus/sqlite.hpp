#pragma once

#include "bus/disk_error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

/// The SQLite C API behind owners. Everything throws disk_error, and damaged where SQLite finds its
/// own file damaged. One thread a database object.
namespace bus {

/// Throws damaged where the file is missing or empty, and its write-ahead log is not: SQLite would
/// delete that log, with all that it holds. Every database asks before it is opened.
void expect_not_emptied(const std::filesystem::path& file);

class database {
public:
    enum class access { write, read };

    /// `write` creates the file when it is missing.
    database(const std::filesystem::path& file, access wanted);
    ~database();
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    void execute(const char* sql);
    /// By the last INSERT, UPDATE or DELETE.
    int changed_rows() const;
    /// Pages in the write-ahead log after the last commit.
    int log_pages() const { return log_pages_; }
    /// Copies what it can of the write-ahead log into the file; readers are not disturbed.
    void checkpoint();
    /// Copies all of it and cuts it to nothing; where a reader is still at it, it stays.
    void empty_log();
    sqlite3* raw() const { return handle_; }

private:
    void checkpoint(int how);

    sqlite3* handle_ = nullptr;
    int log_pages_ = 0;
};

/// Binds as BLOB; a plain string_view binds as TEXT.
struct blob {
    std::string_view octets;
};

class statement;

/// The rows of one execution; the statement is free again when they go.
class rows {
public:
    explicit rows(const statement& running) : running_(running) {}
    ~rows();
    rows(const rows&) = delete;
    rows& operator=(const rows&) = delete;

    bool next();
    std::int64_t integer(int column) const;
    bool is_null(int column) const;
    /// Text or blob; good until next().
    std::string_view octets(int column) const;

private:
    const statement& running_;
};

class statement {
public:
    statement(database& in, std::string_view sql);
    ~statement();
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;

    /// Values must live as long as the rows.
    template <class... Values>
    rows open(const Values&... values)
    {
        int place = 0;
        (bind(++place, values), ...);
        return rows{*this};
    }
    template <class... Values>
    void run(const Values&... values)
    {
        rows result = open(values...);
        while (result.next()) {
        }
    }
    sqlite3_stmt* raw() const { return handle_; }

private:
    void bind(int place, std::int64_t value);
    void bind(int place, std::string_view text);
    void bind(int place, blob value);

    sqlite3_stmt* handle_ = nullptr;
};

/// What SQLite says of a table and its indexes: "ok", or the first thing that is wrong.
std::string integrity_of(database& db, const std::string& table);

} // namespace bus
