#include "bus/sqlite.hpp"
#include "encryptor/sealed_stream.hpp"
#include "encryptor/secret.hpp"
#include "tests/bench/loads.hpp"
#include "tests/bench/stopwatch.hpp"

#include <fcntl.h>
#include <unistd.h>

/// What the bus is made of, each alone: SQLite, sealing, the disk.
namespace bench {
namespace {

constexpr int pages_before_checkpoint = 4000; // as the bus does it

std::string speed(const char* name, double mebioctets, double seconds)
{
    return std::string("\"") + name + "\":" + std::to_string(mebioctets / seconds);
}

} // namespace

std::string append_to_sqlite(const options& given)
{
    bus::database db{given.text("file"), bus::database::access::write};
    db.execute("PRAGMA journal_mode = WAL");
    db.execute("PRAGMA synchronous = FULL");
    db.execute(
        "CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, payload BLOB NOT NULL)");
    bus::statement insert{db, "INSERT INTO events (payload) VALUES (?)"};
    const std::string payload = payload_of(event_octets);
    const std::size_t batch = given.number("in-flight");
    for (stopwatch watch{given.seconds()};;) {
        if (watch.over())
            return watch.json();
        const auto began = clock::now();
        db.execute("BEGIN IMMEDIATE");
        for (std::size_t left = batch; left > 0; --left)
            insert.run(bus::blob{payload});
        db.execute("COMMIT");
        watch.note(began, batch);
        if (db.log_pages() >= pages_before_checkpoint)
            db.checkpoint();
    }
}

std::string seal_and_open(const options& given)
{
    encryptor::start_cryptography();
    const std::size_t mebioctets = given.number("mebioctets");
    const std::string plain(1024 * 1024, 'x');
    const encryptor::secret key = encryptor::secret::random(32);
    encryptor::stream_sealer sealer{key, "bench"};
    encryptor::stream_opener opener{key, "bench"};
    double sealing = 0;
    double opening = 0;
    for (std::size_t left = mebioctets; left > 0; --left) {
        auto began = clock::now();
        const std::vector<std::string> sealed = sealer.push(plain);
        sealing += seconds_since(began);
        began = clock::now();
        for (const std::string& chunk : sealed)
            if (!opener.open(chunk))
                throw std::runtime_error("sealed octets do not open");
        opening += seconds_since(began);
    }
    const auto size = static_cast<double>(mebioctets);
    return "{" + speed("put", size, sealing) + "," + speed("get", size, opening) + "}";
}

std::string write_to_disk(const options& given)
{
    const std::size_t mebioctets = given.number("mebioctets");
    const std::string octets(1024 * 1024, 'x');
    const int file = ::open(given.text("file").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const auto began = clock::now();
    for (std::size_t left = mebioctets; left > 0; --left)
        if (::write(file, octets.data(), octets.size()) != static_cast<ssize_t>(octets.size()))
            throw std::runtime_error("cannot write " + given.text("file"));
    const bool synced = ::fdatasync(file) == 0;
    const double seconds = seconds_since(began);
    ::close(file);
    if (!synced)
        throw std::runtime_error("cannot sync " + given.text("file"));
    return "{" + speed("put", static_cast<double>(mebioctets), seconds) + "}";
}

} // namespace bench
