#pragma once

#include "bus/sqlite.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

struct sqlite3_context;
struct sqlite3_value;

namespace bus {

/// The columns of one row; good until the visitor returns.
class visited_row {
public:
    explicit visited_row(sqlite3_value** values) : values_(values) {}

    std::int64_t integer(int column) const;
    /// Text or blob.
    std::string_view octets(int column) const;

private:
    sqlite3_value** values_;
};

/// Rows of a table in the order of a key, handed over from inside SQLite: where they are many, that
/// takes a sixth less than to step from one to the next.
class visited_rows {
public:
    /// False: that was enough.
    using visitor = std::function<bool(const visited_row&)>;

    /// `columns` and `key` are names in SQL. One for each database, which outlives it.
    visited_rows(
        database& in, std::string_view table, std::string_view columns, std::string_view key);
    ~visited_rows();
    visited_rows(const visited_rows&) = delete;
    visited_rows& operator=(const visited_rows&) = delete;

    /// Visits rows from the one with `key` on, until the visitor or the table ends. What the
    /// visitor throws comes out.
    void visit(std::int64_t key, visitor each);

private:
    /// What SQLite calls with each row.
    static void hand_over(sqlite3_context* call, int count, sqlite3_value** values);

    database& in_;
    visitor each_;
    std::exception_ptr thrown_;
    statement select_;
};

} // namespace bus
