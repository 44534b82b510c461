#pragma once

#include "service/http_server.hpp"
#include "service/listening.hpp"
#include "service/log.hpp"
#include "tests/service/test_loop.hpp"

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// A peer that says exactly what the test wants, octet by octet.
class raw_client {
public:
    raw_client(test_loop& loop, const std::string& address) : loop_(loop)
    {
        boost::system::error_code error;
        peer_ = loop_.run(service::connect(address, error, std::chrono::seconds{5}));
        EXPECT_FALSE(error) << error.message();
    }

    void say(std::string_view octets)
    {
        std::size_t written = 0;
        last_error = loop_.run(peer_->write(octets, written, std::chrono::seconds{5}));
    }
    /// What came up to and including `end`, or all until the connection ended.
    std::string hear_until(std::string_view end)
    {
        while (unread_.find(end) == std::string::npos && !last_error) {
            std::array<char, 8192> octets{};
            std::size_t got = 0;
            last_error = loop_.run(peer_->read_some(octets, got, std::chrono::seconds{5}));
            unread_.append(octets.data(), got);
        }
        const std::size_t at = unread_.find(end);
        const std::size_t length = at == std::string::npos ? unread_.size() : at + end.size();
        std::string heard = unread_.substr(0, length);
        unread_.erase(0, length);
        return heard;
    }
    std::string hear_all()
    {
        last_error = {};
        return hear_until("\x01 never \x01");
    }
    service::connection& peer() { return *peer_; }

    boost::system::error_code last_error;

private:
    test_loop& loop_;
    std::unique_ptr<service::connection> peer_;
    std::string unread_;
};

/// A server on a port of its own, with what it was asked.
class http_site_test : public testing::Test {
protected:
    http_site_test() { testing::internal::CaptureStderr(); }
    ~http_site_test() override
    {
        stop();
        testing::internal::GetCapturedStderr();
    }

    void start(std::vector<service::http_route> routes, service::http_limits limits = {})
    {
        auto acceptor = service::open_acceptor(loop_.io.get_executor(), "127.0.0.1:0");
        address_ = "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
        server_ = std::make_unique<service::http_server>(
            std::move(acceptor), tls_, std::move(routes), limits, log_);
        boost::asio::co_spawn(
            loop_.io, server_->serve(), [this](const std::exception_ptr&) { stopped_ = true; });
    }
    void stop()
    {
        if (server_ && !stopped_) {
            server_->stop(std::chrono::milliseconds{500});
            loop_.wait_for([this] { return stopped_; });
        }
    }
    raw_client client() { return {loop_, address_}; }
    /// One request on a connection of its own.
    std::string ask(std::string_view request)
    {
        raw_client one = client();
        one.say(request);
        return one.hear_all();
    }

    test_loop loop_;
    service::log log_{"test", service::severity::debug};
    std::shared_ptr<boost::asio::ssl::context> tls_;
    std::string address_;
    std::unique_ptr<service::http_server> server_;
    bool stopped_ = false;
};
