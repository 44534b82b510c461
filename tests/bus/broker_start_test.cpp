#include "bus/broker.hpp"
#include "bus/self_test.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace bus {
namespace {

class a_starting_broker : public testing::Test {
protected:
    test::running_bus bus;
};

TEST_F(a_starting_broker, proves_that_unknown_keys_are_refused)
{
    EXPECT_NO_THROW(bus.run(prove_unknown_key_is_refused(
        bus.io.get_executor(), bus.endpoint(), bus.server.public_key)));
}

TEST_F(a_starting_broker, does_not_start_where_unknown_keys_get_in)
{
    zmq_context context;
    zmq_socket open{bus.io.get_executor(), context, ZMQ_ROUTER}; // CURVE, but nobody at the gate
    const curve_pair pair = curve_pair::generate();
    secure_server(open, pair.secret_key);
    const std::string endpoint = "ipc://" + (bus.folder.path() / "open.sock").string();
    open.bind(endpoint);
    EXPECT_THROW(
        bus.run(prove_unknown_key_is_refused(bus.io.get_executor(), endpoint, pair.public_key)),
        std::runtime_error);
}

TEST_F(a_starting_broker, keeps_its_socket_to_its_owner)
{
    struct stat status {};
    ASSERT_EQ(::stat((bus.folder.path() / "bus.sock").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(a_starting_broker, does_not_take_the_socket_of_another_that_runs)
{
    const test::temporary_folder other;
    settings wanted;
    wanted.endpoint = bus.endpoint();
    wanted.files = other.files();
    wanted.public_key = bus.server.public_key;
    wanted.secret_key = bus.server.secret_key;
    broker second{bus.io.get_executor(), wanted, bus.log, [](const std::string&) {}};
    EXPECT_THROW(bus.run(second.start()), std::runtime_error);
    EXPECT_FALSE(bus.run(bus.connect().head()).error);
}

TEST_F(a_starting_broker, does_not_open_a_log_that_another_holds)
{
    settings wanted;
    wanted.endpoint = bus.endpoint() + "2";
    wanted.files = bus.folder.files();
    EXPECT_THROW(
        broker(bus.io.get_executor(), wanted, bus.log, [](const std::string&) {}),
        std::runtime_error);
}

TEST_F(a_starting_broker, replaces_the_socket_file_that_a_crash_left)
{
    bus.stop();
    const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = bus.folder.path() / "bus.sock";
    std::copy(path.begin(), path.end(), address.sun_path);
    ASSERT_EQ(::bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(left);
    ASSERT_TRUE(std::filesystem::exists(path));
    EXPECT_NO_THROW(bus.start());
}

} // namespace
} // namespace bus
