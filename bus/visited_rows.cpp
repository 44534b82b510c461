#include "bus/visited_rows.hpp"

#include <sqlite3.h>

#include <utility>

namespace bus {
namespace {

constexpr const char* function = "is_enough";
constexpr int any_number = -1;

database& with_function(
    database& in, void* owner, void (*call)(sqlite3_context*, int, sqlite3_value**))
{
    constexpr int how = SQLITE_UTF8 | SQLITE_DIRECTONLY;
    if (sqlite3_create_function(
            in.raw(), function, any_number, how, owner, call, nullptr, nullptr) != SQLITE_OK)
        throw disk_error(std::string{"SQLite takes no function: "} + sqlite3_errmsg(in.raw()));
    return in;
}

/// SQLite asks the function for each row whether it is of the result: the one that was enough is,
/// and the first row of the result ends the reading.
std::string select(std::string_view table, std::string_view columns, std::string_view key)
{
    std::string sql = "SELECT 1 FROM ";
    sql.append(table).append(" WHERE ").append(key).append(" >= ? AND ").append(function);
    return sql.append("(").append(columns).append(") ORDER BY ").append(key);
}

} // namespace

std::int64_t visited_row::integer(int column) const
{
    return sqlite3_value_int64(values_[column]);
}

std::string_view visited_row::octets(int column) const
{
    const void* data = sqlite3_value_blob(values_[column]);
    const int size = sqlite3_value_bytes(values_[column]);
    if (data == nullptr)
        return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

visited_rows::visited_rows(
    database& in, std::string_view table, std::string_view columns, std::string_view key)
    : in_(in), select_(with_function(in, this, hand_over), select(table, columns, key))
{}

visited_rows::~visited_rows()
{
    sqlite3_create_function(
        in_.raw(), function, any_number, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr);
}

void visited_rows::visit(std::int64_t key, visitor each)
{
    each_ = std::move(each);
    rows found = select_.open(key);
    try {
        found.next();
    } catch (const disk_error&) {
        if (thrown_)
            std::rethrow_exception(std::exchange(thrown_, nullptr));
        throw;
    }
}

void visited_rows::hand_over(sqlite3_context* call, int, sqlite3_value** values)
{
    auto* const self = static_cast<visited_rows*>(sqlite3_user_data(call));
    try { // SQLite, between the visitor and visit(), is C
        sqlite3_result_int(call, self->each_(visited_row{values}) ? 0 : 1);
    } catch (...) {
        self->thrown_ = std::current_exception();
        sqlite3_result_error(call, "the visitor has thrown", -1);
    }
}

} // namespace bus
