#pragma once

#include "service/http_server.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Every page of the portal but a message: one function a situation, with its status. All text that
/// comes from mail or readers is escaped by the templates; no page holds a script.
namespace portal {

/// What every page of a link has in common.
struct page_frame {
    std::string organisation;
    std::string token; ///< of the link; empty on pages that belong to none
};

service::http_response landing_page(const page_frame& frame, std::string_view mailbox);

struct sign_in_form {
    std::string challenge;
    std::string reference;
    std::string mailbox; ///< masked
    std::string problem; ///< empty at first
};
service::http_response sign_in_page(
    unsigned status, const page_frame& frame, const sign_in_form& form);

/// The passcode can't be used any more, but a new one can be had.
service::http_response passcode_over_page(
    unsigned status, const page_frame& frame, std::string_view heading, std::string_view text);
service::http_response too_many_page(
    const page_frame& frame,
    std::string_view heading,
    std::string_view text,
    std::uint32_t retry_after);

service::http_response revoked_page(const page_frame& frame, std::string_view note);
service::http_response shredded_page(const page_frame& frame);
service::http_response expired_page(const page_frame& frame);
service::http_response unknown_page(const page_frame& frame);
/// The log cannot be asked whether this reader may read: fail closed.
service::http_response unavailable_page(const page_frame& frame);
/// The log was imported: this portal follows it and discloses nothing.
service::http_response replay_page(const page_frame& frame);
/// Too many messages are being shown at this moment.
service::http_response busy_page(const page_frame& frame);
service::http_response signed_out_page(const page_frame& frame);
service::http_response welcome_page(const page_frame& frame);
/// For everything that HTTP alone can go wrong with.
service::http_response error_page(unsigned status, const page_frame& frame);

service::http_response style_sheet();
service::http_response icon();

/// Content-Security-Policy of pages without mail, and of a message.
std::string_view page_policy();
std::string_view message_policy();

} // namespace portal
