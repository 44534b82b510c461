#include "service/forked_work.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace service {
namespace {

class work_of_a_copy : public testing::Test {
protected:
    std::string outcome_of(const std::function<void()>& work)
    {
        forked_work copy(io.get_executor(), work);
        auto said = boost::asio::co_spawn(io, copy.ended(), boost::asio::use_future);
        io.run();
        io.restart();
        return said.get();
    }

    boost::asio::io_context io;
};

TEST_F(work_of_a_copy, is_done_on_the_memory_of_the_moment)
{
    std::string pattern = (std::filesystem::temp_directory_path() / "forked-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    const std::filesystem::path file = std::filesystem::path(pattern) / "said";
    std::string text = "before";
    {
        forked_work copy(io.get_executor(), [&] { std::ofstream{file} << text; });
        text = "after";
        auto said = boost::asio::co_spawn(io, copy.ended(), boost::asio::use_future);
        io.run();
        EXPECT_EQ(said.get(), "");
    }
    std::string found;
    std::ifstream{file} >> found;
    EXPECT_EQ(found, "before");
    std::filesystem::remove_all(pattern);
}

TEST_F(work_of_a_copy, tells_what_it_threw_and_how_it_died)
{
    EXPECT_EQ(outcome_of([] { throw std::runtime_error("no room"); }), "no room");
    EXPECT_NE(outcome_of([] { ::raise(SIGKILL); }), "");
    EXPECT_EQ(outcome_of([] {}), "");
}

TEST_F(work_of_a_copy, has_no_descriptor_of_the_process_and_no_signals)
{
    const int opened = ::open("/dev/null", O_RDONLY);
    ASSERT_GE(opened, 0);
    const auto closed = [opened] {
        if (::fcntl(opened, F_GETFD) != -1 || errno != EBADF)
            throw std::runtime_error("a descriptor is open");
        ::raise(SIGTERM);
    };
    EXPECT_EQ(outcome_of(closed), "");
    ::close(opened);
}

TEST_F(work_of_a_copy, ends_when_nobody_waits_for_it_any_more)
{
    {
        const forked_work copy(io.get_executor(), [] { ::pause(); });
    }
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no child is left";
    EXPECT_EQ(errno, ECHILD);
}

} // namespace
} // namespace service
