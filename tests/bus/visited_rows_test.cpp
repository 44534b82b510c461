#include "bus/visited_rows.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace bus {
namespace {

class rows_to_visit : public testing::Test {
protected:
    rows_to_visit()
    {
        statement insert{db, "INSERT INTO t VALUES (?, ?, ?)"};
        for (const std::int64_t number : {3, 1, 4, 2}) {
            const std::string text = std::to_string(number);
            insert.run(number, std::string_view{text}, blob{zeros});
        }
    }

    /// The first column of the rows from `key` on, at most `most`.
    std::vector<std::int64_t> visit(std::int64_t key, std::size_t most = 100)
    {
        std::vector<std::int64_t> seen;
        rows_of_t.visit(key, [&](const visited_row& row) {
            seen.push_back(row.integer(0));
            EXPECT_EQ(row.octets(1), std::to_string(row.integer(0)));
            EXPECT_EQ(row.octets(2), zeros);
            return seen.size() < most;
        });
        return seen;
    }

    static database& with_table(database& in)
    {
        in.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, x TEXT, b BLOB)");
        return in;
    }

    const std::string zeros = std::string(2, '\0');
    test::temporary_folder folder;
    database db{folder.path() / "test.db", database::access::write};
    visited_rows rows_of_t{with_table(db), "t", "n, x, b", "n"};
};

TEST_F(rows_to_visit, come_in_the_order_of_the_key)
{
    EXPECT_EQ(visit(0), (std::vector<std::int64_t>{1, 2, 3, 4}));
    EXPECT_EQ(visit(3), (std::vector<std::int64_t>{3, 4}));
    EXPECT_EQ(visit(5), (std::vector<std::int64_t>{}));
}

TEST_F(rows_to_visit, end_where_the_visitor_has_enough)
{
    EXPECT_EQ(visit(2, 1), (std::vector<std::int64_t>{2}));
    EXPECT_EQ(visit(2, 2), (std::vector<std::int64_t>{2, 3})) << "and can be visited again";
}

TEST_F(rows_to_visit, are_seen_as_they_are_at_each_visit)
{
    visit(0);
    db.execute("DELETE FROM t WHERE n = 2");
    EXPECT_EQ(visit(0), (std::vector<std::int64_t>{1, 3, 4}));
}

TEST_F(rows_to_visit, let_out_what_the_visitor_throws)
{
    const auto fail = [](const visited_row&) -> bool { throw std::out_of_range{"too far"}; };
    EXPECT_THROW(rows_of_t.visit(0, fail), std::out_of_range);
    EXPECT_EQ(visit(4), (std::vector<std::int64_t>{4}));
}

TEST_F(rows_to_visit, have_a_table)
{
    EXPECT_THROW((visited_rows{db, "nowhere", "n", "n"}), disk_error);
}

} // namespace
} // namespace bus
