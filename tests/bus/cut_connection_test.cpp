#include "tests/bus/running_bus.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>

namespace bus {
namespace {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;

/// A line to a bus that can be cut; whoever connects again has a new one.
class cuttable_line {
public:
    cuttable_line(asio::io_context& io, std::string from, std::string to)
        : from_(io, local::endpoint{from}), to_(std::move(to)), endpoint_("ipc://" + from)
    {
        asio::co_spawn(io, accept(), asio::detached);
    }
    ~cuttable_line() { cut(); }
    const std::string& endpoint() const { return endpoint_; }
    int lines() const { return lines_; }
    void cut()
    {
        for (const auto& end : ends_)
            end->close();
        ends_.clear();
    }

private:
    using shared_end = std::shared_ptr<local::socket>;

    asio::awaitable<void> accept()
    {
        for (;;) {
            auto near =
                std::make_shared<local::socket>(co_await from_.async_accept(asio::use_awaitable));
            auto far = std::make_shared<local::socket>(near->get_executor());
            co_await far->async_connect(local::endpoint{to_}, asio::use_awaitable);
            ends_.insert(ends_.end(), {near, far});
            ++lines_;
            asio::co_spawn(near->get_executor(), copy(near, far), asio::detached);
            asio::co_spawn(near->get_executor(), copy(far, near), asio::detached);
        }
    }
    static asio::awaitable<void> copy(shared_end from, shared_end to)
    {
        std::array<char, 4096> octets;
        for (;;) {
            const std::size_t size =
                co_await from->async_read_some(asio::buffer(octets), asio::use_awaitable);
            co_await asio::async_write(*to, asio::buffer(octets, size), asio::use_awaitable);
        }
    }

    local::acceptor from_;
    std::string to_;
    std::string endpoint_;
    std::vector<shared_end> ends_;
    int lines_ = 0;
};

TEST(a_follower_whose_connection_is_cut, goes_on_with_the_next_one)
{
    test::running_bus bus;
    cuttable_line line{
        bus.io,
        (bus.folder.path() / "line.sock").string(),
        (bus.folder.path() / "bus.sock").string()};
    client_settings wanted = bus.settings_of("watcher");
    wanted.endpoint = line.endpoint();
    client& follower = bus.make_client(wanted);
    client& writer = bus.connect();
    std::vector<std::uint64_t> seqs;
    asio::co_spawn(
        bus.io,
        follower.subscribe(1, {}, [&seqs](const stored_event& fact) { seqs.push_back(fact.seq); }),
        asio::detached);
    for (std::size_t number = 1; number <= 3; ++number) {
        const auto event = test::make_event(std::to_string(number));
        EXPECT_FALSE(bus.run(writer.append(test::batch_of({event}))).error);
        bus.run_until([&] { return seqs.size() == number; });
        const int lines = line.lines();
        line.cut();
        bus.run_until([&] { return line.lines() > lines; });
    }
    bus.clients.clear();
    line.cut();
}

} // namespace
} // namespace bus
