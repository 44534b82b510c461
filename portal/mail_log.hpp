#pragma once

#include "bus/client.hpp"
#include "bus/event.hpp"
#include "mail/events.hpp"
#include "mail/ledger.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>

namespace bus {
class follower;
}

namespace portal {

/// What the portal needs of the bus, and no more; the contracts are those of bus::client and
/// bus::follower. Tests put a log in memory behind it.
class mail_log {
public:
    virtual ~mail_log() = default;

    /// What the log means as far as it was applied. Pointers into it end at the next co_await.
    virtual const mail::ledger& ledger() const = 0;
    virtual bool connected() const = 0;
    /// The log was imported: nothing may be appended or disclosed.
    virtual bool follow_only() const { return false; }

    /// The ledger has applied a head that was read after the call began.
    virtual boost::asio::awaitable<boost::system::error_code> catch_up() = 0;
    /// On disk, and the ledger has applied the last of the events: now ask it what it rules.
    virtual boost::asio::awaitable<boost::system::error_code> append_and_apply(
        bus::append_batch batch) = 0;
    virtual boost::asio::awaitable<boost::system::error_code> append(bus::append_batch batch) = 0;

    virtual boost::asio::awaitable<boost::system::error_code> put_chunk(
        const std::string& content, std::uint32_t index, std::string octets) = 0;
    virtual boost::asio::awaitable<void> discard(const std::string& content) = 0;
    virtual bus::chunk_source read_content(std::string content) = 0;
    virtual boost::asio::awaitable<bus::result<std::string>> get_slot(
        const std::string& content, const std::string& name) = 0;
};

/// The real one.
class bus_mail_log final : public mail_log {
public:
    bus_mail_log(bus::client& bus, bus::follower& follower, const mail::ledger& ledger)
        : bus_(bus), follower_(follower), ledger_(ledger)
    {}

    const mail::ledger& ledger() const override { return ledger_; }
    bool connected() const override { return bus_.connected(); }
    bool follow_only() const override { return bus_.follow_only(); }
    boost::asio::awaitable<boost::system::error_code> catch_up() override;
    boost::asio::awaitable<boost::system::error_code> append_and_apply(
        bus::append_batch batch) override;
    boost::asio::awaitable<boost::system::error_code> append(bus::append_batch batch) override;
    boost::asio::awaitable<boost::system::error_code> put_chunk(
        const std::string& content, std::uint32_t index, std::string octets) override;
    boost::asio::awaitable<void> discard(const std::string& content) override;
    bus::chunk_source read_content(std::string content) override;
    boost::asio::awaitable<bus::result<std::string>> get_slot(
        const std::string& content, const std::string& name) override;

private:
    bus::client& bus_;
    bus::follower& follower_;
    const mail::ledger& ledger_;
};

/// The event as the bus carries it.
bus::event on_the_bus(const mail::event& fact);
/// A batch of this one event.
bus::append_batch batch_of(const mail::event& fact);

} // namespace portal
