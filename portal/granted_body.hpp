#pragma once

#include "portal/disclosure.hpp"
#include "portal/open_limit.hpp"
#include "service/http_server.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace portal {

/// The octets of a page or an attachment, handed over only while their disclosure holds. The
/// connection asks not_after() before each write; when the grant is lost in the middle the
/// connection is aborted, so that nobody takes the part for the whole.
class granted_body final : public service::body_source {
public:
    static constexpr std::size_t piece = 64 * 1024;

    granted_body(
        std::shared_ptr<disclosure> held,
        std::shared_ptr<open_limit::place> place,
        std::string octets);
    ~granted_body() override;

    boost::asio::awaitable<std::optional<std::string>> next() override;
    std::optional<service::boot_clock::time_point> not_after() const override;
    void ended(std::uint64_t octets, service::body_ending how) override;

private:
    std::shared_ptr<disclosure> held_;
    std::shared_ptr<open_limit::place> place_;
    std::string octets_;
    std::size_t given_ = 0;
};

} // namespace portal
