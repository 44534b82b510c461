#include "bus/gathered_writes.hpp"
#include "bus/sqlite.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <csignal>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace bus {
namespace {

constexpr int opened_as_log = SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

/// As long as it lives, no file grows beyond that many octets.
class small_files {
public:
    explicit small_files(rlim_t octets) : ignored_(::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit small{octets, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~small_files()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, ignored_);
    }
    small_files(const small_files&) = delete;
    small_files& operator=(const small_files&) = delete;

private:
    rlimit before_{};
    sighandler_t ignored_;
};

class gathered : public testing::Test {
protected:
    gathered()
    {
        sqlite3_initialize();
        const std::ofstream database{folder.path() / "some.db"}; // whose mode its log takes on
        sqlite3_vfs* const vfs = sqlite3_vfs_find(gathered_writes());
        memory.resize(static_cast<std::size_t>(vfs->szOsFile));
        file = reinterpret_cast<sqlite3_file*>(memory.data());
        EXPECT_EQ(vfs->xOpen(vfs, path.c_str(), file, opened_as_log, nullptr), SQLITE_OK);
    }
    ~gathered() override
    {
        if (file->pMethods != nullptr)
            file->pMethods->xClose(file);
    }

    void write(const std::string& octets, sqlite3_int64 place)
    {
        const int size = static_cast<int>(octets.size());
        EXPECT_EQ(file->pMethods->xWrite(file, octets.data(), size, place), SQLITE_OK);
    }
    void sync() { EXPECT_EQ(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK); }
    std::string on_disk() { return test::read_whole(path); }

    test::temporary_folder folder;
    std::string path = (folder.path() / "some.db-wal").string();
    std::vector<unsigned char> memory;
    sqlite3_file* file = nullptr;
};

TEST_F(gathered, writes_wait_for_the_sync)
{
    write("one", 0);
    write("two", 3);
    EXPECT_EQ(on_disk(), "");
    sync();
    EXPECT_EQ(on_disk(), "onetwo");
}

TEST_F(gathered, writes_are_there_when_they_are_read_or_measured)
{
    write("one", 0);
    std::string read(3, '\0');
    EXPECT_EQ(file->pMethods->xRead(file, read.data(), 3, 0), SQLITE_OK);
    EXPECT_EQ(read, "one");
    write("two", 3);
    sqlite3_int64 size = 0;
    EXPECT_EQ(file->pMethods->xFileSize(file, &size), SQLITE_OK);
    EXPECT_EQ(size, 6);
}

TEST_F(gathered, writes_keep_their_places_and_their_order)
{
    write("abcdef", 0);
    write("X", 1); // not behind: what was before goes first
    write("Y", 2);
    write("Z", 0);
    sync();
    EXPECT_EQ(on_disk(), "ZXYdef");
    const std::string large(64 * 1024, 'l');
    write("12", 6);
    write(large, 8);
    write(large, 8 + 64 * 1024);
    write("34", 8 + 128 * 1024);
    file->pMethods->xClose(file);
    file->pMethods = nullptr;
    EXPECT_EQ(on_disk(), "ZXYdef12" + large + large + "34");
}

TEST_F(gathered, writes_end_where_the_file_was_cut)
{
    write("abcdef", 0);
    EXPECT_EQ(file->pMethods->xTruncate(file, 2), SQLITE_OK);
    sync();
    EXPECT_EQ(on_disk(), "ab");
}

TEST_F(gathered, writes_that_failed_fail_every_later_sync)
{
    write("12345678", 8);
    int first = SQLITE_OK;
    {
        const small_files limit{4};
        first = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    }
    EXPECT_NE(first, SQLITE_OK);
    EXPECT_EQ(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), first);
}

// With a reader in the past SQLite copies a part of the log, which it does not sync, and so would
// not hear of a write that was put off until then.
TEST(a_database_with_gathered_writes, hears_of_a_page_that_a_checkpoint_could_not_write)
{
    const test::temporary_folder folder;
    const std::filesystem::path file = folder.path() / "some.db";
    const std::string octets(5000, 'o');
    database writing{file, database::access::write};
    writing.execute("PRAGMA journal_mode = WAL");
    writing.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, octets BLOB NOT NULL)");
    writing.checkpoint();
    const auto size = std::filesystem::file_size(file);
    statement insert{writing, "INSERT INTO t (octets) VALUES (?)"};
    insert.run(blob{octets});
    database reading{file, database::access::read};
    statement count{reading, "SELECT count(*) FROM t"};
    rows in_the_past = count.open();
    ASSERT_TRUE(in_the_past.next());
    insert.run(blob{octets});
    {
        const small_files limit{size};
        EXPECT_THROW(writing.checkpoint(), disk_error);
    }
}

TEST(a_database_with_gathered_writes, is_read_by_another_connection_after_each_commit)
{
    const test::temporary_folder folder;
    const std::filesystem::path file = folder.path() / "some.db";
    database writing{file, database::access::write};
    writing.execute("PRAGMA journal_mode = WAL");
    writing.execute("PRAGMA cache_size = 10"); // pages go to the log before the commit, too
    writing.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, octets BLOB NOT NULL)");
    database reading{file, database::access::read};
    statement count{reading, "SELECT count(*) FROM t WHERE length(octets) = 5000"};
    statement insert{writing, "INSERT INTO t (octets) VALUES (?)"};
    const std::string octets(5000, 'o');
    for (std::int64_t wanted = 50; wanted <= 150; wanted += 50) {
        writing.execute("BEGIN IMMEDIATE");
        for (int left = 50; left > 0; --left)
            insert.run(blob{octets});
        writing.execute("COMMIT");
        rows row = count.open();
        ASSERT_TRUE(row.next());
        EXPECT_EQ(row.integer(0), wanted);
    }
    writing.execute("BEGIN IMMEDIATE");
    for (int left = 50; left > 0; --left)
        insert.run(blob{octets});
    writing.execute("ROLLBACK");
    writing.checkpoint();
    rows row = count.open();
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.integer(0), 150);
}

// Else what is committed then would be taken for copied (https://sqlite.org/wal.html#walresetbug).
TEST(a_database_with_gathered_writes, does_not_begin_its_log_anew_while_another_one_copies)
{
    const test::temporary_folder folder;
    const std::filesystem::path file = folder.path() / "some.db";
    database writing{file, database::access::write};
    writing.execute("PRAGMA journal_mode = WAL");
    writing.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, octets BLOB NOT NULL)");
    statement insert{writing, "INSERT INTO t (octets) VALUES (?)"};
    for (int left = 20; left > 0; --left)
        insert.run(blob{std::string(5000, 'o')});
    writing.checkpoint();
    const int whole = writing.log_pages();

    database copying{file, database::access::write};
    copying.execute("SELECT count(*) FROM t");
    sqlite3_file* shared = nullptr;
    sqlite3_file_control(copying.raw(), "main", SQLITE_FCNTL_FILE_POINTER, &shared);
    constexpr int lock_to_copy = 1; // WAL_CKPT_LOCK
    const auto lock = [&](int how) {
        return shared->pMethods->xShmLock(shared, lock_to_copy, 1, how | SQLITE_SHM_EXCLUSIVE);
    };
    ASSERT_EQ(lock(SQLITE_SHM_LOCK), SQLITE_OK);
    insert.run(blob{"meanwhile"});
    EXPECT_GT(writing.log_pages(), whole) << "it goes on behind what was copied";
    ASSERT_EQ(lock(SQLITE_SHM_UNLOCK), SQLITE_OK);
    writing.checkpoint();
    insert.run(blob{"afterwards"});
    EXPECT_LT(writing.log_pages(), whole);
    ASSERT_EQ(lock(SQLITE_SHM_LOCK), SQLITE_OK) << "it was given back";
    ASSERT_EQ(lock(SQLITE_SHM_UNLOCK), SQLITE_OK);
}

TEST(a_database_with_gathered_writes, has_the_pages_of_a_checkpoint_in_its_file)
{
    const test::temporary_folder folder;
    const std::filesystem::path file = folder.path() / "some.db";
    const std::string octets(50000, 'o');
    {
        database writing{file, database::access::write};
        writing.execute("PRAGMA journal_mode = WAL");
        writing.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, octets BLOB NOT NULL)");
        statement insert{writing, "INSERT INTO t (octets) VALUES (?)"};
        for (int left = 20; left > 0; --left)
            insert.run(blob{octets});
        writing.checkpoint();
        EXPECT_GT(std::filesystem::file_size(file), 20 * octets.size());
        insert.run(blob{octets}); // into a log begun anew, and lost
    }
    std::filesystem::remove(file.string() + "-wal");
    std::filesystem::remove(file.string() + "-shm");
    database reading{file, database::access::write};
    statement check{reading, "SELECT count(*), min(octets = ?) FROM t"};
    rows row = check.open(blob{octets});
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.integer(0), 20);
    EXPECT_EQ(row.integer(1), 1);
}

} // namespace
} // namespace bus
