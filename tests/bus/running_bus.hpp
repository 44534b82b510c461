#pragma once

#include "bus/broker.hpp"
#include "bus/client.hpp"
#include "bus/curve.hpp"
#include "bus/disk_error.hpp"
#include "bus/journal.hpp"
#include "bus/settings.hpp"
#include "service/log.hpp"
#include "tests/bus/event_loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// A bus on a temporary folder, with its clients in the same process and on the same thread.
namespace bus::test {

class temporary_folder {
public:
    temporary_folder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "bus-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~temporary_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    const std::filesystem::path& path() const { return path_; }
    journal_files files() const { return {path_ / "journal.db", path_ / "slab"}; }

private:
    std::filesystem::path path_;
};

inline std::string read_whole(const std::filesystem::path& file)
{
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline std::string flipped(std::string octets, std::size_t bit)
{
    octets[bit / 8] = static_cast<char>(octets[bit / 8] ^ (1 << (bit % 8)));
    return octets;
}

inline event make_event(const std::string& id, const std::string& type = "test.happened")
{
    return {id, type, R"({"id":")" + id + R"("})"};
}

/// For whoever wants to know only whether a log is right.
inline void ignore(const stored_event&, std::uint64_t) {}

/// Why no bus starts on these files; "none" when one does.
inline std::string refusal_to_start(const journal_files& files)
{
    try {
        const journal log{files};
    } catch (const damaged& refused) {
        return refused.what();
    }
    return "none";
}

inline append_batch batch_of(std::vector<event> events)
{
    append_batch batch;
    batch.events = std::move(events);
    return batch;
}

/// Two roles: "writer" may do everything with "test.happened" and slots "link/…" and "gateway/…",
/// "watcher" may only follow.
class running_bus : public event_loop {
public:
    /// `told`: what its log says, to standard error.
    explicit running_bus(service::severity told = service::severity::error)
        : log("test", told), server(curve_pair::generate())
    {
        role writing;
        writing.name = "writer";
        writing.append = {"test.happened", "test.other"};
        writing.content_read = writing.content_write = true;
        writing.slots_read = writing.slots_write = writing.slots_erase = {"link", "gateway"};
        role watching;
        watching.name = "watcher";
        roles = {writing, watching};
        for (const role& who : roles)
            pairs.emplace(who.name, curve_pair::generate());
        start();
    }

    ~running_bus()
    {
        clients.clear();
        stop();
    }

    void start()
    {
        settings wanted;
        wanted.endpoint = endpoint();
        wanted.files = folder.files();
        wanted.public_key = server.public_key;
        wanted.secret_key = server.secret_key;
        wanted.roles = roles;
        wanted.reserve_mib = reserve_mib;
        for (const auto& [name, pair] : pairs)
            wanted.clients.emplace(pair.public_key, name);
        process = std::make_unique<broker>(
            io.get_executor(),
            wanted,
            log,
            [this](const std::string& why) { failure = why; },
            [this] { return std::chrono::steady_clock::now() + paused; });
        run(process->start());
    }

    void stop()
    {
        if (process)
            run(process->stop());
        process.reset();
    }

    void restart()
    {
        stop();
        start();
    }

    std::string endpoint() const { return "ipc://" + (folder.path() / "bus.sock").string(); }

    client_settings settings_of(const std::string& role_name) const
    {
        client_settings wanted;
        wanted.endpoint = endpoint();
        wanted.server_public_key = server.public_key;
        const auto known = pairs.find(role_name);
        const curve_pair own = known == pairs.end() ? curve_pair::generate() : known->second;
        wanted.public_key = own.public_key;
        wanted.secret_key = own.secret_key;
        return wanted;
    }

    client& make_client(client_settings wanted)
    {
        clients.push_back(std::make_unique<client>(io.get_executor(), std::move(wanted), log));
        return *clients.back();
    }
    /// A client that is connected.
    client& connect(const std::string& role_name = "writer")
    {
        client& made = make_client(settings_of(role_name));
        run(made.ready());
        return made;
    }

    /// Runs the io_context until the coroutine is through.
    template <class T>
    T run(boost::asio::awaitable<T> wanted)
    {
        std::optional<T> value;
        std::exception_ptr thrown;
        bool done = false;
        boost::asio::co_spawn(
            io, std::move(wanted), [&](const std::exception_ptr& failed, T result) {
                thrown = failed;
                value.emplace(std::move(result));
                done = true;
            });
        run_until([&] { return done; });
        if (thrown)
            std::rethrow_exception(thrown);
        return std::move(*value);
    }

    void run(boost::asio::awaitable<void> wanted)
    {
        std::exception_ptr thrown;
        bool done = false;
        boost::asio::co_spawn(io, std::move(wanted), [&](const std::exception_ptr& failed) {
            thrown = failed;
            done = true;
        });
        run_until([&] { return done; });
        if (thrown)
            std::rethrow_exception(thrown);
    }

    temporary_folder folder;
    service::log log;
    curve_pair server;
    std::vector<role> roles;
    std::int64_t reserve_mib = 0;
    std::map<std::string, curve_pair> pairs;
    std::optional<std::string> failure;
    std::chrono::milliseconds paused{0}; ///< that the broker did not run, all in all
    std::unique_ptr<broker> process;
    std::vector<std::unique_ptr<client>> clients;
};

} // namespace bus::test
