#include "service/listening.hpp"
#include "tests/service/test_loop.hpp"

#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

using service::handed_down_sockets;

namespace {

constexpr int passed = 0;

/// Makes `descriptor` number 3, as a parent does before it starts a child. For a process that ends
/// then.
void hand_down(int descriptor, const std::string& names, const std::string& for_process)
{
    ::dup2(descriptor, 3);
    ::setenv("LISTEN_FDS", "1", 1);
    ::setenv("LISTEN_FDNAMES", names.c_str(), 1);
    ::setenv("LISTEN_PID", for_process.c_str(), 1);
}

int port_of(const boost::asio::ip::tcp::acceptor& acceptor)
{
    return acceptor.local_endpoint().port();
}

[[noreturn]] void take_by_name()
{
    test_loop loop;
    const auto executor = loop.io.get_executor();
    auto parents = service::open_acceptor(executor, "127.0.0.1:0");
    hand_down(parents.native_handle(), "smtp", std::to_string(::getpid()));
    handed_down_sockets sockets = handed_down_sockets::from_environment();
    const bool other = sockets.take(executor, "portal").has_value();
    const auto taken = sockets.take(executor, "smtp");
    const bool same = taken && port_of(*taken) == port_of(parents);
    const bool again = sockets.take(executor, "smtp").has_value();
    const bool inherited = (::fcntl(3, F_GETFD) & FD_CLOEXEC) == 0;
    const bool still_set = std::getenv("LISTEN_FDS") != nullptr;
    std::_Exit(!other && same && !again && !inherited && !still_set ? passed : 1);
}

[[noreturn]] void take_what_is_for_another_process()
{
    test_loop loop;
    auto parents = service::open_acceptor(loop.io.get_executor(), "127.0.0.1:0");
    hand_down(parents.native_handle(), "smtp", "1");
    handed_down_sockets sockets = handed_down_sockets::from_environment();
    std::_Exit(sockets.take(loop.io.get_executor(), "smtp") ? 1 : passed);
}

[[noreturn]] void take_what_does_not_listen()
{
    const int file = ::open("/dev/null", O_RDONLY);
    hand_down(file, "smtp", std::to_string(::getpid()));
    try {
        handed_down_sockets::from_environment();
    } catch (const std::runtime_error& wrong) {
        const std::string what = wrong.what();
        std::_Exit(what.find("\"smtp\"") != std::string::npos ? passed : 2);
    }
    std::_Exit(1);
}

TEST(listening, a_handed_down_socket_is_taken_by_its_name_once)
{
    EXPECT_EXIT(take_by_name(), testing::ExitedWithCode(passed), "");
}

TEST(listening, a_socket_meant_for_another_process_is_left_alone)
{
    EXPECT_EXIT(take_what_is_for_another_process(), testing::ExitedWithCode(passed), "");
}

TEST(listening, a_descriptor_that_does_not_listen_is_refused_by_name)
{
    EXPECT_EXIT(take_what_does_not_listen(), testing::ExitedWithCode(passed), "");
}

TEST(listening, nothing_handed_down_is_no_fault)
{
    test_loop loop;
    EXPECT_FALSE(handed_down_sockets::from_environment().take(loop.io.get_executor(), "smtp"));
}

TEST(listening, an_address_in_use_or_malformed_is_named)
{
    test_loop loop;
    const auto executor = loop.io.get_executor();
    const auto first = service::open_acceptor(executor, "127.0.0.1:0");
    const std::string used = "127.0.0.1:" + std::to_string(port_of(first));
    for (const std::string& wrong : {used, std::string{"nonsense"}}) {
        try {
            service::open_acceptor(executor, wrong);
            FAIL() << wrong;
        } catch (const boost::system::system_error& error) {
            EXPECT_NE(std::string{error.what()}.find(wrong), std::string::npos) << error.what();
        }
    }
}

} // namespace
