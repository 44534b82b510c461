#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace cli {

/// Where everything of one pipeline lies; docs/interfaces.md, "The state directory".
class state_directory {
public:
    explicit state_directory(std::filesystem::path root);

    /// Throws failure where no state may be made: the path is too long, or the directory holds
    /// other files and no state.
    void check_place() const;
    /// Makes it (mode 0700) with its folders, where it may be; existing ones are kept. Throws
    /// failure.
    void create() const;
    /// A temporary one, below $TMPDIR.
    static state_directory make_temporary();
    void remove() const;

    const std::filesystem::path& root() const { return root_; }
    std::filesystem::path settings() const { return root_ / "sealpost.toml"; }
    std::filesystem::path keys() const { return root_ / "keys"; }
    std::filesystem::path authority() const { return keys() / "ca.pem"; }
    std::filesystem::path admin_token() const { return keys() / "admin-token"; }
    std::filesystem::path head_public() const { return keys() / "head.public"; }
    std::filesystem::path head_secret() const { return keys() / "head.secret"; }
    std::filesystem::path outside() const { return root_ / "outside"; }
    /// The bus's: `database` and `slab` of the settings that `up` writes.
    std::filesystem::path database() const { return root_ / "bus/journal.db"; }
    /// Throws failure where there is none, with the remedy.
    std::filesystem::path existing_database() const;
    std::filesystem::path slab() const { return root_ / "bus/slab"; }
    std::filesystem::path bus_socket() const { return root_ / "run/bus.sock"; }
    std::filesystem::path endpoints() const { return root_ / "run/endpoints.json"; }
    std::filesystem::path lock() const { return root_ / "run/lock"; }
    std::filesystem::path log_of(std::string_view process) const;
    std::string bus_endpoint() const { return "ipc://" + bus_socket().string(); }

private:
    std::filesystem::path root_;
};

/// Held as long as `up` runs on a state directory: the kernel lets go of it whatever happens to the
/// process.
class state_lock {
public:
    /// Throws failure that names the process which holds it.
    explicit state_lock(const state_directory& state);
    ~state_lock();
    state_lock(const state_lock&) = delete;
    state_lock& operator=(const state_lock&) = delete;

    /// The process that holds the lock now; nullopt: nobody. Throws failure when the directory is
    /// closed to us.
    static std::optional<pid_t> holder(const state_directory& state);

private:
    int descriptor_ = -1;
};

} // namespace cli
