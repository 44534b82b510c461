#pragma once

#include "bus/broker.hpp"
#include "bus/client.hpp"
#include "bus/curve.hpp"
#include "cli/cli.hpp"
#include "cli/durable_file.hpp"
#include "cli/endpoints.hpp"
#include "cli/state_directory.hpp"
#include "encryptor/secret.hpp"
#include "encryptor/smime.hpp"
#include "mail/event_json.hpp"
#include "service/http_server.hpp"
#include "service/listening.hpp"
#include "service/log.hpp"
#include "service/session_group.hpp"
#include "temporary_folder.hpp"
#include "tests/mail/story.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cli_test {

/// What a command printed, and how it ended.
struct ran {
    int code = 0;
    std::string out;
    std::string err;
};

/// Runs `sealpost ARGUMENTS` in this process.
inline ran run_sealpost(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), "sealpost");
    std::vector<char*> pointers;
    pointers.reserve(arguments.size());
    for (std::string& argument : arguments)
        pointers.push_back(argument.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    ran result;
    result.code = cli::run(static_cast<int>(pointers.size()), pointers.data());
    result.out = testing::internal::GetCapturedStdout();
    result.err = testing::internal::GetCapturedStderr();
    return result;
}

struct played_request {
    std::string line; ///< "POST /v1/messages/0193/revoke"
    std::string authorization;
    std::string cookie;
    std::string body;
};

struct played_answer {
    unsigned status = 200;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// A pipeline on a state directory whose log is real, and whose processes say what a test wants
/// them to say: one plain HTTP server plays the admin API, the mailboxes, the portal, and
/// everybody's /readyz. On a thread of its own.
class played_pipeline {
public:
    played_pipeline()
    {
        encryptor::start_cryptography();
        state_.create();
        lock_ = std::make_unique<cli::state_lock>(state_);
        write_keys();
        acceptor_ = std::make_unique<boost::asio::ip::tcp::acceptor>(
            service::open_acceptor(io_.get_executor(), "127.0.0.1:0"));
        base_ = "http://127.0.0.1:" + std::to_string(acceptor_->local_endpoint().port());
        write_endpoints();
        broker_ = std::make_unique<bus::broker>(
            io_.get_executor(), bus_settings(), log_, [](const std::string& why) {
                FAIL() << why;
            });
        server_ = std::make_unique<service::http_server>(
            std::move(*acceptor_), nullptr, routes(), service::http_limits{}, log_);
        sessions_ = std::make_unique<service::session_group>(io_.get_executor(), log_);
        sessions_->spawn(
            "serve", [this] { return server_->serve(); }, [this] { server_->stop(); });
        thread_ = std::thread([this] { io_.run(); });
        call(broker_->start());
    }

    ~played_pipeline()
    {
        call(sessions_->drain(std::chrono::milliseconds{500}));
        call(broker_->stop());
        work_.reset();
        io_.stop();
        thread_.join();
    }

    /// "GET /v1/messages" → what is answered; the newest counts.
    void answer(const std::string& line, played_answer with)
    {
        const std::lock_guard lock(mutex_);
        answers_[line] = std::move(with);
    }

    std::vector<played_request> requests() const
    {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

    /// Appends what the story tells after what was appended before.
    void append(const mail::test::story& story)
    {
        bus::append_batch batch;
        for (; appended_ < story.log.size(); ++appended_) {
            const mail::event& fact = story.log[appended_].second;
            batch.events.push_back(
                {fact.id.text, std::string(mail::type_of(fact)), mail::to_json(fact)});
        }
        call(append_all(std::move(batch)));
    }

    ran run(std::vector<std::string> arguments) const
    {
        arguments.insert(arguments.begin(), {"--state", folder_.path().string()});
        return run_sealpost(std::move(arguments));
    }

    const std::string& base() const { return base_; }
    const cli::state_directory& state() const { return state_; }

private:
    template <class Value>
    Value call(boost::asio::awaitable<Value> work)
    {
        return boost::asio::co_spawn(io_, std::move(work), boost::asio::use_future).get();
    }

    boost::asio::awaitable<void> append_all(bus::append_batch batch)
    {
        bus::client_settings settings{
            state_.bus_endpoint(), bus_keys_.public_key, writer_.public_key, writer_.secret_key};
        bus::client client(io_.get_executor(), std::move(settings), log_);
        co_await client.ready();
        const auto seqs = co_await client.append(std::move(batch));
        EXPECT_FALSE(seqs.error) << seqs.error.message();
    }

    void write_keys()
    {
        std::filesystem::create_directory(state_.keys());
        const auto write = [this](const std::string& name, const std::string& text) {
            cli::write_durably(state_.keys() / name, text + "\n");
        };
        write("bus.public", bus_keys_.public_key);
        write("operator.public", operator_.public_key);
        write("operator.secret", std::string{operator_.secret_key.view()});
        write("admin-token", "open sesame");
        write("ca.pem", encryptor::make_authority("test", 1).certificate_pem);
    }

    void write_endpoints()
    {
        cli::endpoints where;
        where.admin = where.portal = where.mailboxes = base_;
        where.portals = {base_};
        where.admin_token_file = state_.admin_token();
        where.bus = state_.bus_endpoint();
        where.state = state_.root();
        where.authority = state_.authority();
        where.health = {
            {"bus", base_ + "/bus"},
            {"gateway", base_ + "/gateway"},
            {"portal", base_ + "/portal"}};
        cli::write_durably(state_.endpoints(), cli::to_json(where));
    }

    bus::settings bus_settings() const
    {
        bus::settings wanted;
        wanted.endpoint = state_.bus_endpoint();
        wanted.files = {state_.root() / "bus/journal.db", state_.root() / "bus/slab"};
        wanted.public_key = bus_keys_.public_key;
        wanted.secret_key = bus_keys_.secret_key;
        bus::role writing;
        writing.name = "writer";
        for (const std::string_view type :
             {mail::message_accepted::type,
              mail::delivery_attempted::type,
              mail::passcode_issued::type,
              mail::message_revoked::type,
              mail::message_restored::type,
              mail::revocation_enforced::type,
              mail::directory_changed::type})
            writing.append.emplace_back(type);
        bus::role reading;
        reading.name = "operator";
        wanted.roles = {writing, reading};
        wanted.clients = {{writer_.public_key, "writer"}, {operator_.public_key, "operator"}};
        return wanted;
    }

    std::vector<service::http_route> routes()
    {
        std::vector<service::http_route> table;
        for (const char* method : {"GET", "POST"})
            table.push_back(
                {method, "/{path*}", "played", [this](const service::http_request& request) {
                     return answered(request);
                 }});
        return table;
    }

    boost::asio::awaitable<service::http_response> answered(const service::http_request& request)
    {
        std::string line = request.method + " " + request.path;
        for (const auto& [name, value] : request.query)
            line.append(line.find('?') == std::string::npos ? "?" : "&")
                .append(name)
                .append("=")
                .append(value);
        const std::lock_guard lock(mutex_);
        requests_.push_back(
            {line, request.header("authorization"), request.header("cookie"), request.body});
        const auto found = answers_.find(line);
        if (found == answers_.end())
            co_return service::problem_response(404, "nothing is played at " + line);
        service::http_response response =
            service::json_response(found->second.status, found->second.body);
        for (const auto& header : found->second.headers)
            response.headers.push_back(header);
        co_return response;
    }

    temporary_folder folder_;
    cli::state_directory state_{folder_.path()};
    std::unique_ptr<cli::state_lock> lock_;
    bus::curve_pair bus_keys_ = bus::curve_pair::generate();
    bus::curve_pair operator_ = bus::curve_pair::generate();
    bus::curve_pair writer_ = bus::curve_pair::generate();
    service::log log_{"played", service::severity::error};
    boost::asio::io_context io_{1};
    std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_{
        io_.get_executor()};
    std::unique_ptr<boost::asio::ip::tcp::acceptor> acceptor_;
    std::string base_;
    std::unique_ptr<bus::broker> broker_;
    std::unique_ptr<service::http_server> server_;
    std::unique_ptr<service::session_group> sessions_;
    mutable std::mutex mutex_;
    std::map<std::string, played_answer> answers_;
    std::vector<played_request> requests_;
    std::size_t appended_ = 0;
    std::thread thread_;
};

} // namespace cli_test
