#pragma once

#include "mail/verdict.hpp"
#include "portal/link_lookup.hpp"
#include "portal/pages.hpp"
#include "portal/sign_in.hpp"

#include <string>
#include <string_view>

/// What the reader is told: one table from what was found to page and status. Pure.
namespace portal {

/// For every standing but `available`.
service::http_response answer_standing(
    standing state, const page_frame& frame, std::string_view note);

/// After a try that did not open; `form` is shown again where typing on makes sense.
service::http_response answer_sign_in(
    sign_in_outcome outcome, const page_frame& frame, sign_in_form form, std::uint32_t tries_left);

/// A reader has as many messages and attachments on the way as may be.
service::http_response answer_too_many_open(const page_frame& frame);

/// Ten passcodes in 15 minutes are enough.
service::http_response answer_too_many_passcodes(const page_frame& frame);

} // namespace portal
