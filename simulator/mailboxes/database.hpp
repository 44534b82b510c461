#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace simulator {

class database_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A prepared statement; binds from 1, reads columns from 0. Lives no longer than its database.
class statement {
public:
    statement(sqlite3* database, std::string_view sql);

    /// The octets must live until the statement has run.
    statement& bind(int position, std::string_view text);
    statement& bind_octets(int position, std::string_view octets);
    statement& bind(int position, std::int64_t number);

    /// true: a row is there to be read. Throws database_error.
    bool step();
    void run() { step(); }

    std::int64_t integer(int column) const;
    std::string text(int column) const;

private:
    struct finalizer {
        void operator()(sqlite3_stmt* held) const;
    };
    std::unique_ptr<sqlite3_stmt, finalizer> held_;
};

/// One SQLite file, for one thread. What was committed survives a crash of the machine (WAL,
/// synchronous FULL).
class database {
public:
    explicit database(const std::filesystem::path& file);

    statement prepare(std::string_view sql) const { return {held_.get(), sql}; }
    void execute(const char* sql) const;
    std::int64_t changes() const;

private:
    struct closer {
        void operator()(sqlite3* held) const;
    };
    std::unique_ptr<sqlite3, closer> held_;
};

/// BEGIN IMMEDIATE … COMMIT; rolls back unless commit() was reached.
class transaction {
public:
    explicit transaction(const database& file) : file_(file) { file_.execute("BEGIN IMMEDIATE"); }
    ~transaction();
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;

    /// On disk when it returns.
    void commit();

private:
    const database& file_;
    bool open_ = true;
};

} // namespace simulator
