#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

/// How the write-ahead log gets into the database while commits go on. Copying takes as long as
/// dozens of commits, so a thread of its own does it beside the writer. SQLite begins the log anew
/// only where nothing in it is left to be copied, so the writer copies the last few pages itself.
namespace bus {

class database;

/// Decides what is to be copied after a commit, by the size of the log in octets.
class checkpoint_plan {
public:
    /// Copied at once. What is copied is synced, and commits wait at the disk behind it: more at
    /// once makes them wait longer, less makes more syncs.
    static constexpr std::int64_t step = 768 * 1024;
    /// Of each commit: the pages that the one before had begun, which are copied only once.
    static constexpr std::int64_t again = 16 * 1024;
    static constexpr std::int64_t longest_step = 4 * 1024 * 1024; ///< with what is in it again
    static constexpr std::int64_t enough = 16 * 1024 * 1024;      ///< then the log is to begin anew
    static constexpr std::int64_t longest = 48 * 1024 * 1024;     ///< then the writer waits

    enum class action {
        none,
        beside, ///< begin to copy on the other thread
        here    ///< wait for that thread and copy what is left
    };
    action next(std::int64_t log_octets, bool idle);

private:
    std::int64_t seen_ = 0;    ///< octets of the log when the last action began
    std::int64_t commits_ = 0; ///< since then
    bool left_over_ = false;   ///< it was `beside`
};

/// The other thread, with its own connection to the database; both begin with the first copy.
class checkpoints {
public:
    /// `failed` is called on that thread, as the last thing it does.
    checkpoints(std::filesystem::path database, std::function<void(std::string)> failed);
    ~checkpoints(); ///< waits for a copy under way
    checkpoints(const checkpoints&) = delete;
    checkpoints& operator=(const checkpoints&) = delete;

    /// After a commit through `writing`, whose log has that many octets. Throws what a copy failed
    /// with, its own or the other thread's.
    void after_commit(database& writing, std::int64_t log_octets);
    /// Waits until no copy is under way. Throws as above.
    void settle();

private:
    void begin();
    void run();
    bool next_wish();
    void copy();

    std::filesystem::path database_;
    std::function<void(std::string)> failed_;
    checkpoint_plan plan_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool wanted_ = false; ///< a copy is to be made, or is under way
    bool finishing_ = false;
    std::exception_ptr failure_;
    std::thread thread_;
};

} // namespace bus
