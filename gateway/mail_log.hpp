#pragma once

#include "bus/client.hpp"
#include "bus/event.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace bus {
class follower;
}

namespace gateway {

/// Asking again may help: the bus was away, slow, or its disk was full.
bool may_pass(const boost::system::error_code& error);

/// What accepting and delivering need of the bus, and no more; the contracts are those of
/// bus::client and bus::follower. Tests put a log in memory behind it.
class mail_log {
public:
    virtual ~mail_log() = default;

    virtual bool connected() const = 0;
    /// The log was imported: nothing may be accepted, sent or appended.
    virtual bool follow_only() const { return false; }
    /// Acknowledged means on disk; nothing is re-sent.
    virtual boost::asio::awaitable<boost::system::error_code> append(bus::append_batch batch) = 0;
    /// The ledger has applied a head that was read after the call began.
    virtual boost::asio::awaitable<boost::system::error_code> catch_up() = 0;

    virtual boost::asio::awaitable<boost::system::error_code> put_chunk(
        const std::string& content, std::uint32_t index, std::string octets) = 0;
    virtual boost::asio::awaitable<void> discard(std::string content) = 0;
    virtual bus::chunk_source read_content(std::string content) = 0;
    virtual boost::asio::awaitable<bus::result<std::string>> get_slot(
        const std::string& content, const std::string& name) = 0;
    virtual boost::asio::awaitable<boost::system::error_code> erase_slots(
        const std::string& content, std::vector<std::string> names) = 0;
};

/// The real one.
class bus_mail_log final : public mail_log {
public:
    bus_mail_log(bus::client& bus, bus::follower& follower) : bus_(bus), follower_(follower) {}

    bool connected() const override;
    bool follow_only() const override { return bus_.follow_only(); }
    boost::asio::awaitable<boost::system::error_code> append(bus::append_batch batch) override;
    boost::asio::awaitable<boost::system::error_code> catch_up() override;
    boost::asio::awaitable<boost::system::error_code> put_chunk(
        const std::string& content, std::uint32_t index, std::string octets) override;
    boost::asio::awaitable<void> discard(std::string content) override;
    bus::chunk_source read_content(std::string content) override;
    boost::asio::awaitable<bus::result<std::string>> get_slot(
        const std::string& content, const std::string& name) override;
    boost::asio::awaitable<boost::system::error_code> erase_slots(
        const std::string& content, std::vector<std::string> names) override;

private:
    bus::client& bus_;
    bus::follower& follower_;
};

} // namespace gateway
