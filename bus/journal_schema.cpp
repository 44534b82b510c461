#include "bus/journal_schema.hpp"

#include "bus/chain.hpp"
#include "bus/journal_migration.hpp"
#include "bus/segments.hpp"

#include <sodium.h>

#include <algorithm>
#include <string>

namespace bus {
namespace {

constexpr std::int64_t format = 2;
constexpr std::int64_t format_with_archive = 3; ///< segments.hpp; a log has it from the first on

// Properties that hold a log's identity.
constexpr std::string_view log_id = "log id";
constexpr std::string_view imported_from = "imported from";

// Of a new database; one that is there keeps its own. Contents are put faster than with SQLite's
// 4 KiB, and than with 16 KiB, with which the commit of one event takes a tenth longer besides.
constexpr const char* page_size = "PRAGMA page_size = 8192";

// journal_mode and synchronous: a commit is on disk when COMMIT returns, also after a power cut.
// secure_delete: what is deleted is overwritten in the file. No wal_autocheckpoint, which would
// take the place of the hook that counts the log's pages. temp_store: nothing is written but to the
// database's own files. cache_size: in KiB; event ids are looked up all over their index.
constexpr const char* connection_settings = R"(
    PRAGMA secure_delete = ON;
    PRAGMA synchronous = FULL;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA foreign_keys = OFF;
    PRAGMA trusted_schema = OFF;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -4096;
)";

// `named` is the seq of the event that named the content, or came with the slot; 0: none did.
constexpr const char* tables = R"(
    CREATE TABLE properties (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE events (
        seq INTEGER PRIMARY KEY,
        time INTEGER NOT NULL,
        id TEXT NOT NULL UNIQUE,
        type TEXT NOT NULL,
        payload BLOB NOT NULL,
        own BLOB NOT NULL);
    CREATE TABLE contents (
        number INTEGER PRIMARY KEY,
        content TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL,
        chunks INTEGER NOT NULL,
        touched INTEGER NOT NULL,
        named INTEGER NOT NULL);
    CREATE INDEX unnamed_contents ON contents (touched) WHERE named = 0;
    CREATE TABLE chunks (place INTEGER PRIMARY KEY, octets BLOB NOT NULL);
    CREATE TABLE slots (
        content TEXT NOT NULL,
        name TEXT NOT NULL,
        cell INTEGER NOT NULL UNIQUE,
        wrapped BLOB NOT NULL,
        named INTEGER NOT NULL,
        PRIMARY KEY (content, name));
)";

std::string_view octets_of(const log_identity& identity)
{
    return {reinterpret_cast<const char*>(identity.data()), identity.size()};
}

void use_write_ahead_log(database& db)
{
    statement mode{db, "PRAGMA journal_mode = WAL"};
    rows row = mode.open();
    if (!row.next() || row.octets(0) != "wal")
        throw disk_error("this file system cannot hold a write-ahead log (is it a network share?)");
    row.next(); // only then is it done
}

void create(database& db)
{
    db.execute("BEGIN IMMEDIATE");
    db.execute(tables);
    log_identity identity;
    randombytes_buf(identity.data(), identity.size());
    statement set{db, "INSERT INTO properties (name, value) VALUES (?, ?)"};
    set.run(log_id, blob{octets_of(identity)});
    set.run(std::string_view{"format"}, format);
    db.execute("COMMIT");
}

std::optional<log_identity> read_property(database& db, std::string_view name)
{
    statement get{db, "SELECT value FROM properties WHERE name = ?"};
    rows row = get.open(name);
    if (!row.next())
        return std::nullopt;
    const std::string_view octets = row.octets(0);
    log_identity identity{};
    if (octets.size() != identity.size())
        throw damaged("the database has no " + std::string(name));
    std::copy(octets.begin(), octets.end(), identity.begin());
    return identity;
}

std::int64_t format_of(database& db)
{
    statement get{db, "SELECT value FROM properties WHERE name = 'format'"};
    rows row = get.open();
    return row.next() ? row.integer(0) : 0;
}

void bring_up_to_date(database& db)
{
    if (format_of(db) == 1) {
        db.execute("BEGIN IMMEDIATE");
        migrate_from_format_1(db);
        db.execute("COMMIT");
    }
    const std::int64_t found = format_of(db);
    if (found != format && found != format_with_archive)
        throw damaged(
            "the database is no sealpost log of format 1 to " +
            std::to_string(format_with_archive) + ": name the right file, or use a newer sealpost");
}

} // namespace

bool has_tables(database& db)
{
    statement count{db, "SELECT count(*) FROM sqlite_master"};
    rows row = count.open();
    return row.next() && row.integer(0) > 0;
}

void prepare_database(database& db)
{
    db.execute(page_size);
    use_write_ahead_log(db);
    db.execute(connection_settings);
    if (!has_tables(db))
        create(db);
    bring_up_to_date(db);
}

void check_holds_log(database& db, const std::filesystem::path& file)
{
    statement table{db, "SELECT 1 FROM sqlite_master WHERE name = 'properties'"};
    if (!table.open().next())
        throw damaged(
            file.string() + (has_tables(db) ? " is another program's database" : " is empty") +
            ", and no log: name a journal.db, or restore it from a backup");
}

log_identity read_identity(database& db)
{
    const std::optional<log_identity> identity = read_property(db, log_id);
    if (!identity)
        throw damaged("the database has no log id");
    return *identity;
}

std::optional<log_identity> read_origin(database& db)
{
    return read_property(db, imported_from);
}

std::int64_t read_page_octets(database& db)
{
    statement get{db, "PRAGMA page_size"};
    rows row = get.open();
    return row.next() ? row.integer(0) : 0;
}

void write_origin(database& db, const log_identity& origin)
{
    statement set{db, "INSERT INTO properties (name, value) VALUES (?, ?)"};
    set.run(imported_from, blob{octets_of(origin)});
}

std::uint64_t last_seq(database& db)
{
    statement newest{db, "SELECT max(seq) FROM events"};
    rows row = newest.open();
    if (row.next() && !row.is_null(0))
        return static_cast<std::uint64_t>(row.integer(0));
    return archived_through(db).seq;
}

log_position read_head(database& db)
{
    statement newest{
        db, "SELECT seq, time, id, type, payload, own FROM events ORDER BY seq DESC LIMIT 2"};
    rows row = newest.open();
    const log_position archived = archived_through(db);
    log_position head;
    if (!row.next())
        return archived;
    head.seq = static_cast<std::uint64_t>(row.integer(0));
    head.time = row.integer(1);
    const std::string id{row.octets(2)};
    const std::string type{row.octets(3)};
    const std::string payload{row.octets(4)};
    const std::string own{row.octets(5)};
    hash prev = archived.own;
    if (row.next() && row.octets(5).size() == prev.size())
        std::copy_n(row.octets(5).begin(), prev.size(), prev.begin());
    head.own = chain_hash(prev, head.seq, head.time, id, type, payload);
    if (own.size() != head.own.size() ||
        !std::equal(own.begin(), own.end(), head.own.begin(), [](char left, std::uint8_t right) {
            return static_cast<std::uint8_t>(left) == right;
        }))
        throw damaged(
            "event " + std::to_string(head.seq) +
            " does not match its hash: the log is damaged; restore it from a backup");
    return head;
}

} // namespace bus
