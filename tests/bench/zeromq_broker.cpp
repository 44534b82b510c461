#include "tests/bench/loads.hpp"
#include "tests/bench/zeromq_peer.hpp"

#include <array>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <unistd.h>
#include <utility>
#include <vector>

/// The least that can be called a durable broker on ZeroMQ: a file, a sync for all that came
/// meanwhile, answers. No order of events, no chain, no ids, no roles, no erasing. What the bus
/// takes longer than this is the bus's; what this takes longer than others is ZeroMQ's.
namespace bench {
namespace {

constexpr std::size_t octets_a_sync = 4 * 1024 * 1024;

struct waiting_answer {
    std::string peer;
    std::string octets;
};

class zeromq_broker {
public:
    zeromq_broker(std::uint16_t port, const std::string& folder)
        : file_(::open((folder + "/log").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)),
          socket_(zmq_socket(zmq_ctx_new(), ZMQ_ROUTER))
    {
        if (file_ < 0 || socket_ == nullptr)
            throw std::runtime_error("cannot begin in " + folder);
        const int yes = 1;
        std::array<char, z85_key> open{};
        std::array<char, z85_key> secret{};
        zeromq_expect(zmq_curve_keypair(open.data(), secret.data()), "keys");
        zmq_setsockopt(socket_, ZMQ_CURVE_SERVER, &yes, sizeof yes);
        zmq_setsockopt(socket_, ZMQ_CURVE_SECRETKEY, secret.data(), secret.size());
        std::ofstream{folder + "/public"} << open.data() << std::flush;
        const std::string endpoint = "tcp://127.0.0.1:" + std::to_string(port);
        zeromq_expect(zmq_bind(socket_, endpoint.c_str()), endpoint.c_str());
    }

    [[noreturn]] void serve()
    {
        for (;;) {
            take_what_came();
            if (!appended_.empty())
                write();
            for (const waiting_answer& answer : std::exchange(answers_, {}))
                send(answer.peer, answer.octets);
        }
    }

private:
    void take_what_came()
    {
        for (int flags = 0; peer_.receive(socket_, flags); flags = ZMQ_DONTWAIT) {
            body_.receive(socket_);
            take(std::string(peer_.octets()), body_.octets());
            if (appended_.size() >= octets_a_sync)
                return;
        }
    }

    void take(std::string peer, std::string_view asked)
    {
        const char what = asked.empty() ? '\0' : asked.front();
        asked.remove_prefix(asked.empty() ? 0 : 1);
        if (what == ask::append) {
            appended_ += asked;
            answers_.push_back({std::move(peer), "k"});
        } else if (what == ask::subscribe) {
            subscriber_ = std::move(peer);
        } else if (what == ask::read) {
            std::istringstream words{std::string(asked)};
            off_t place = 0;
            std::size_t size = 0;
            words >> place >> size;
            std::string found(size, '\0');
            const ssize_t got = ::pread(file_, found.data(), found.size(), place);
            found.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
            answers_.push_back({std::move(peer), std::move(found)});
        }
    }

    void write()
    {
        const auto size = static_cast<ssize_t>(appended_.size());
        if (::pwrite(file_, appended_.data(), appended_.size(), end_) != size ||
            ::fdatasync(file_) != 0)
            throw std::runtime_error("cannot write the log");
        end_ += size;
        if (!subscriber_.empty())
            send(subscriber_, appended_);
        appended_.clear();
    }

    void send(const std::string& peer, const std::string& octets)
    {
        zmq_send(socket_, peer.data(), peer.size(), ZMQ_SNDMORE);
        zmq_send(socket_, octets.data(), octets.size(), 0);
    }

    int file_;
    void* socket_;
    off_t end_ = 0;
    std::string subscriber_;
    std::string appended_;
    std::vector<waiting_answer> answers_;
    zeromq_message peer_;
    zeromq_message body_;
};

} // namespace

std::string serve_zeromq(const options& given)
{
    zeromq_broker broker{static_cast<std::uint16_t>(given.number("port")), given.text("folder")};
    broker.serve();
}

} // namespace bench
