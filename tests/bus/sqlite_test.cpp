#include "bus/sqlite.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

namespace bus {
namespace {

class a_database : public testing::Test {
protected:
    a_database()
    {
        db.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER, x TEXT, b BLOB)");
    }

    test::temporary_folder folder;
    database db{folder.path() / "test.db", database::access::write};
};

TEST_F(a_database, gives_back_what_was_bound)
{
    const std::string octets("with\0zero", 9);
    statement insert{db, "INSERT INTO t VALUES (?, ?, ?)"};
    insert.run(std::int64_t{-5}, std::string_view{"text"}, blob{octets});
    insert.run(std::int64_t{6}, std::string_view{}, blob{});
    statement select{db, "SELECT n, x, b FROM t WHERE n > ? ORDER BY n"};
    rows row = select.open(std::int64_t{-10});
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.integer(0), -5);
    EXPECT_EQ(row.octets(1), "text");
    EXPECT_EQ(row.octets(2), octets);
    ASSERT_TRUE(row.next());
    EXPECT_FALSE(row.is_null(1)) << "the empty text is a text";
    EXPECT_EQ(row.octets(2), "");
    EXPECT_FALSE(row.next());
}

TEST_F(a_database, frees_a_statement_when_its_rows_go)
{
    statement insert{db, "INSERT INTO t (n) VALUES (?)"};
    insert.run(std::int64_t{1});
    insert.run(std::int64_t{2});
    statement select{db, "SELECT n FROM t WHERE n = ?"};
    for (std::int64_t number : {2, 1}) {
        rows row = select.open(number);
        ASSERT_TRUE(row.next());
        EXPECT_EQ(row.integer(0), number);
    }
}

TEST_F(a_database, says_what_failed)
{
    EXPECT_THROW(db.execute("CREATE TABLE t (n)"), disk_error);
    EXPECT_THROW((statement{db, "SELECT nothing FROM nowhere"}), disk_error);
    EXPECT_THROW(
        (database{folder.path() / "none" / "test.db", database::access::write}), disk_error);
    EXPECT_THROW((database{folder.path() / "missing.db", database::access::read}), disk_error);
}

TEST_F(a_database, counts_the_pages_of_its_log_and_copies_them)
{
    statement insert{db, "INSERT INTO t (x) VALUES (?)"};
    const std::string large(100'000, 'x');
    insert.run(std::string_view{large});
    EXPECT_GT(db.log_pages(), 20);
    db.checkpoint();
    insert.run(std::string_view{"small"});
    EXPECT_LT(db.log_pages(), 10) << "the log began anew";
}

TEST_F(a_database, cannot_be_written_by_a_reader)
{
    database reader{folder.path() / "test.db", database::access::read};
    EXPECT_THROW(reader.execute("INSERT INTO t (n) VALUES (1)"), disk_error);
}

} // namespace
} // namespace bus
