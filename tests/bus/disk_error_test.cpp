#include "bus/disk_error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace bus {
namespace {

void expect_says(const disk_error& said, const std::string& part)
{
    EXPECT_NE(std::string{said.what()}.find(part), std::string::npos) << said.what();
}

TEST(a_disk_error, names_the_file_the_error_and_what_to_do)
{
    const disk_error broken{"sync", "/var/lib/post/slab", EIO};
    expect_says(broken, "cannot sync /var/lib/post/slab: Input/output error");
    expect_says(broken, "then start again: sealpost goes on from what is on the disk");
    expect_says(
        disk_error("open", "/var/lib/post/slab", EACCES), "let the user who runs this write there");
}

TEST(a_disk_error, says_how_much_room_there_is_and_how_much_is_needed)
{
    const disk_error full{"write", "/tmp/slab", ENOSPC};
    expect_says(full, " KiB are free, at least 64 MiB are needed");
    expect_says(full, "make room");
}

} // namespace
} // namespace bus
