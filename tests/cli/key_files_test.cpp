#include "cli/key_files.hpp"
#include "encryptor/secret.hpp"
#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace {

/// A folder that was synced, and whether the keys had their final name by then.
struct synced_folder {
    std::string path;
    bool keys_are_there = false;
};
std::vector<synced_folder>* synced = nullptr;

} // namespace

/// In front of the C library's: it does the same, and remembers for what.
extern "C" int fsync(int descriptor)
{
    if (synced) {
        const std::filesystem::path file =
            std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor));
        if (std::filesystem::is_directory(file))
            synced->push_back({file, std::filesystem::exists(file / "keys")});
    }
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

namespace {

TEST(new_keys, have_their_name_for_good_before_anything_relies_on_them)
{
    encryptor::start_cryptography();
    const cli_test::temporary_folder folder;
    const cli::state_directory state{folder.path()};
    state.create();
    std::vector<synced_folder> seen;
    synced = &seen;
    cli::make_keys(state);
    synced = nullptr;
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back().path, folder.path().string());
    EXPECT_TRUE(seen.back().keys_are_there);
}

} // namespace
