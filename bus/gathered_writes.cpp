#include "bus/gathered_writes.hpp"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <stdexcept>
#include <unistd.h>

namespace bus {
namespace {

constexpr const char* vfs_name = "sealpost";
constexpr std::size_t most_gathered = 64 * 1024; // SQLite cuts a size to its lower 17 bits
constexpr sqlite3_int64 stored_at_once = 256 * 1024;

/// A database or a write-ahead log. The system's own file follows it in the memory that SQLite
/// allots.
struct gathering_file {
    sqlite3_file base;
    bool gathers;            ///< a log: SQLite asks for its sync after what must be there
    bool copies;             ///< a database: its connection holds the lock for a checkpoint
    unsigned char* gathered; ///< most_gathered octets, from the first write on
    std::size_t size;        ///< of what waits in it
    sqlite3_int64 begin;     ///< where in the file that belongs
    int written;             ///< descriptor of a log, for begin_to_store(); -1: of none
    int failed;              ///< of the first write that did; all that needs it fails from then on
};

/// Keeps what follows aligned as SQLite's own files are.
constexpr std::size_t place_of_file = (sizeof(gathering_file) + 15) / 16 * 16;

gathering_file& gathering(sqlite3_file* file)
{
    return *reinterpret_cast<gathering_file*>(file);
}

sqlite3_file* real(sqlite3_file* file)
{
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<unsigned char*>(file) + place_of_file);
}

/// Has the disk begin with what was written up to `end`, while more comes: a large commit waits
/// less for its sync, which is as needed as before and alone tells of failures.
void begin_to_store(const gathering_file& log, sqlite3_int64 begin, sqlite3_int64 end)
{
    const sqlite3_int64 until = end / stored_at_once * stored_at_once;
    if (log.written >= 0 && begin < until)
        ::sync_file_range(
            log.written, until - stored_at_once, stored_at_once, SYNC_FILE_RANGE_WRITE);
}

int write_gathered(sqlite3_file* file)
{
    gathering_file& own = gathering(file);
    if (own.size == 0)
        return own.failed;
    const int size = static_cast<int>(own.size);
    own.size = 0; // it is never tried twice
    own.failed = real(file)->pMethods->xWrite(real(file), own.gathered, size, own.begin);
    if (own.failed == SQLITE_OK)
        begin_to_store(own, own.begin, own.begin + size);
    return own.failed;
}

int close_gathering(sqlite3_file* file)
{
    const int written = write_gathered(file);
    if (gathering(file).written >= 0)
        ::close(gathering(file).written);
    ::operator delete(gathering(file).gathered);
    const int closed = real(file)->pMethods->xClose(real(file));
    return written == SQLITE_OK ? closed : written;
}

/// A disk that cannot be read says nothing of what is on it, but SQLite would call the database
/// malformed.
int read_gathering(sqlite3_file* file, void* into, int size, sqlite3_int64 place)
{
    if (const int failed = write_gathered(file))
        return failed;
    const int got = real(file)->pMethods->xRead(real(file), into, size, place);
    return got == SQLITE_IOERR_CORRUPTFS ? SQLITE_IOERR_READ : got;
}

int gather(sqlite3_file* file, const void* octets, int size, sqlite3_int64 place)
{
    gathering_file& own = gathering(file);
    if (!own.gathers)
        return real(file)->pMethods->xWrite(real(file), octets, size, place);
    const auto more = static_cast<std::size_t>(size);
    const bool behind = place == own.begin + static_cast<sqlite3_int64>(own.size);
    if (!behind || own.size + more > most_gathered) {
        if (const int failed = write_gathered(file))
            return failed;
        own.begin = place;
    }
    if (more > most_gathered)
        return real(file)->pMethods->xWrite(real(file), octets, size, place);
    if (own.gathered == nullptr)
        own.gathered = static_cast<unsigned char*>(::operator new(most_gathered, std::nothrow));
    if (own.gathered == nullptr)
        return SQLITE_IOERR_NOMEM;
    std::memcpy(own.gathered + own.size, octets, more);
    own.size += more;
    return SQLITE_OK;
}

int truncate_gathering(sqlite3_file* file, sqlite3_int64 size)
{
    if (const int failed = write_gathered(file))
        return failed;
    return real(file)->pMethods->xTruncate(real(file), size);
}

int sync_gathering(sqlite3_file* file, int how)
{
    if (const int failed = write_gathered(file))
        return failed;
    return real(file)->pMethods->xSync(real(file), how);
}

int measure_gathering(sqlite3_file* file, sqlite3_int64* size)
{
    if (const int failed = write_gathered(file))
        return failed;
    return real(file)->pMethods->xFileSize(real(file), size);
}

int lock_gathering(sqlite3_file* file, int level)
{
    if (const int failed = write_gathered(file))
        return failed;
    return real(file)->pMethods->xLock(real(file), level);
}

int unlock_gathering(sqlite3_file* file, int level)
{
    if (const int failed = write_gathered(file))
        return failed;
    return real(file)->pMethods->xUnlock(real(file), level);
}

int look_for_lock(sqlite3_file* file, int* found)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), found);
}

int control_gathering(sqlite3_file* file, int what, void* argument)
{
    if (const int failed = write_gathered(file))
        return failed;
    return real(file)->pMethods->xFileControl(real(file), what, argument);
}

int sector_of_gathering(sqlite3_file* file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

int device_of_gathering(sqlite3_file* file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** into)
{
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, into);
}

/// Nobody begins the log anew while somebody else copies from it. SQLite before 3.51.3 allows that
/// (https://sqlite.org/wal.html#walresetbug): a checkpoint that has read how long the log is, and
/// goes on when it was begun anew, takes what comes then for copied, and it is lost. Who finds the
/// lock taken appends instead.
int lock_shared(sqlite3_file* file, int first, int count, int how)
{
    constexpr int copying = 1; // WAL_CKPT_LOCK of SQLite's wal.c
    constexpr int readers = 4; // WAL_READ_LOCK(1), with all behind it taken to begin the log anew
    gathering_file& own = gathering(file);
    const auto ask = [file](int at, int locks, int wish) {
        return real(file)->pMethods->xShmLock(real(file), at, locks, wish);
    };
    const bool takes = (how & SQLITE_SHM_LOCK) != 0;
    const bool anew = first == readers && count == SQLITE_SHM_NLOCK - readers && !own.copies;
    if (anew && takes)
        if (const int busy = ask(copying, 1, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE))
            return busy;
    const int done = ask(first, count, how);
    if (anew && (!takes || done != SQLITE_OK))
        ask(copying, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
    if (first == copying && count == 1 && done == SQLITE_OK)
        own.copies = takes;
    return done;
}

void order_shared(sqlite3_file* file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

int unmap_shared(sqlite3_file* file, int remove)
{
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

/// Version 2: mapping the file itself (version 3) would pass by what waits to be written.
constexpr sqlite3_io_methods gathering_methods{
    2,
    close_gathering,
    read_gathering,
    gather,
    truncate_gathering,
    sync_gathering,
    measure_gathering,
    lock_gathering,
    unlock_gathering,
    look_for_lock,
    control_gathering,
    sector_of_gathering,
    device_of_gathering,
    map_shared,
    lock_shared,
    order_shared,
    unmap_shared,
    nullptr,
    nullptr};

sqlite3_vfs& system_vfs(sqlite3_vfs* of)
{
    return *static_cast<sqlite3_vfs*>(of->pAppData);
}

int open_gathering(
    sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out)
{
    sqlite3_vfs& system = system_vfs(vfs);
    if ((flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB)) == 0)
        return system.xOpen(&system, name, file, flags, flags_out);
    gathering_file& own = gathering(file);
    own = {};
    own.written = -1;
    const int opened = system.xOpen(&system, name, real(file), flags, flags_out);
    if (opened != SQLITE_OK)
        return opened;
    own.base.pMethods = &gathering_methods;
    // Not the pages of a checkpoint: at its end SQLite does not look whether what was gathered
    // could be written, and may take them for copied.
    own.gathers = (flags & SQLITE_OPEN_WAL) != 0;
    if (own.gathers) // a database's locks would go when this is closed
        own.written = ::open(name, O_RDONLY | O_CLOEXEC);
    return opened;
}

/// The pages of a commit are no reason to count memory under a lock.
sqlite3_vfs make_vfs()
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_vfs* const system = sqlite3_vfs_find(nullptr);
    if (system == nullptr)
        throw std::runtime_error("SQLite knows no file system");
    sqlite3_vfs own = *system;
    own.zName = vfs_name;
    own.szOsFile += static_cast<int>(place_of_file);
    own.pAppData = system;
    own.xOpen = open_gathering;
    return own;
}

} // namespace

const char* gathered_writes()
{
    static sqlite3_vfs vfs = make_vfs();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    if (registered != SQLITE_OK)
        throw std::runtime_error("SQLite takes no file system of ours");
    return vfs_name;
}

} // namespace bus
