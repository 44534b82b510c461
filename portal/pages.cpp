#include "portal/pages.hpp"

#include "portal/assets.hpp"
#include "portal/page_template.hpp"
#include "portal/sign_in.hpp"

#include <utility>

namespace portal {

namespace {

service::http_response page(
    unsigned status,
    std::string_view name,
    std::string_view source,
    const page_frame& frame,
    std::string_view title,
    encryptor::template_values values = {})
{
    service::http_response response =
        service::html_response(status, render_page(name, source, frame, title, std::move(values)));
    response.headers.emplace_back("Content-Security-Policy", page_policy());
    return response;
}

encryptor::template_values heading_and_text(std::string_view heading, std::string_view text)
{
    encryptor::template_values values = text_value(text);
    values.texts["HEADING"] = heading;
    return values;
}

void retry_after(service::http_response& response, std::uint32_t seconds)
{
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
}

std::pair<std::string_view, std::string_view> error_words(unsigned status)
{
    switch (status) {
    case 403:
        return {
            "This form was not sent from here",
            "For your protection it was not accepted. Please open the link of your mail again."};
    case 404:
        return {
            "There is nothing at this address",
            "Please open the link of the mail that you received again."};
    case 405:
        return {"This address does not work that way", "Please open the link of your mail again."};
    case 408:
    case 413:
    case 431:
        return {"That was too much or took too long", "Please open the link of your mail again."};
    default:
        return {
            "Something went wrong",
            status >= 500 ? "This is our fault, not yours. Please try again in a few minutes."
                          : "Your browser sent something that we do not understand. Please "
                            "open the link of your mail again."};
    }
}

} // namespace

service::http_response landing_page(const page_frame& frame, std::string_view mailbox)
{
    encryptor::template_values values;
    values.texts["MAILBOX"] = mailbox;
    values.texts["MINUTES"] = std::to_string(passcode_valid_seconds / 60);
    return page(
        200, "landing", assets::landing_html, frame, "Encrypted message", std::move(values));
}

service::http_response sign_in_page(
    unsigned status, const page_frame& frame, const sign_in_form& form)
{
    encryptor::template_values values;
    values.texts["MAILBOX"] = form.mailbox;
    values.texts["MINUTES"] = std::to_string(passcode_valid_seconds / 60);
    values.texts["DIGITS"] = std::to_string(passcode_digits);
    values.texts["REFERENCE"] = form.reference;
    values.texts["CHALLENGE"] = form.challenge;
    if (!form.problem.empty()) {
        values.sections["PROBLEM"] = {text_value(form.problem)};
    }
    return page(
        status, "sign_in", assets::sign_in_html, frame, "Enter your passcode", std::move(values));
}

service::http_response passcode_over_page(
    unsigned status, const page_frame& frame, std::string_view heading, std::string_view text)
{
    return page(
        status,
        "passcode_over",
        assets::passcode_over_html,
        frame,
        heading,
        heading_and_text(heading, text));
}

service::http_response too_many_page(
    const page_frame& frame,
    std::string_view heading,
    std::string_view text,
    std::uint32_t retry_after_seconds)
{
    service::http_response response = page(
        429, "too_many", assets::too_many_html, frame, heading, heading_and_text(heading, text));
    retry_after(response, retry_after_seconds);
    return response;
}

service::http_response revoked_page(const page_frame& frame, std::string_view note)
{
    encryptor::template_values values;
    if (!note.empty()) {
        values.sections["NOTE"] = {text_value(note)};
    }
    return page(410, "revoked", assets::revoked_html, frame, "Message revoked", std::move(values));
}

service::http_response shredded_page(const page_frame& frame)
{
    return page(410, "shredded", assets::shredded_html, frame, "Message deleted");
}

service::http_response expired_page(const page_frame& frame)
{
    return page(410, "expired", assets::expired_html, frame, "Message expired");
}

service::http_response unknown_page(const page_frame& frame)
{
    return page(404, "unknown", assets::unknown_html, frame, "No message here");
}

service::http_response unavailable_page(const page_frame& frame)
{
    service::http_response response = page(
        503,
        "unavailable",
        assets::unavailable_html,
        frame,
        "Cannot confirm right now",
        heading_and_text(
            "We cannot confirm right now that you may read this",
            "The service that knows whether this message may still be read does not answer, and "
            "without its word nothing is shown."));
    retry_after(response, 5);
    return response;
}

service::http_response replay_page(const page_frame& frame)
{
    return page(503, "replay", assets::replay_html, frame, "This is a replay");
}

service::http_response busy_page(const page_frame& frame)
{
    service::http_response response = page(
        503,
        "unavailable",
        assets::unavailable_html,
        frame,
        "Very busy",
        heading_and_text(
            "Many messages are being read at this moment",
            "As soon as one of the other readers is done, yours can be opened."));
    retry_after(response, 2);
    return response;
}

service::http_response signed_out_page(const page_frame& frame)
{
    return page(200, "signed_out", assets::signed_out_html, frame, "Signed out");
}

service::http_response welcome_page(const page_frame& frame)
{
    return page(200, "welcome", assets::welcome_html, frame, "Encrypted mail");
}

service::http_response error_page(unsigned status, const page_frame& frame)
{
    const auto [heading, text] = error_words(status);
    return page(
        status, "error", assets::error_html, frame, heading, heading_and_text(heading, text));
}

service::http_response style_sheet()
{
    service::http_response response =
        service::text_response(200, std::string{assets::style_css}, "text/css; charset=utf-8");
    response.headers.emplace_back("Cache-Control", "public, max-age=300");
    return response;
}

service::http_response icon()
{
    service::http_response response =
        service::text_response(200, std::string{assets::favicon_svg}, "image/svg+xml");
    response.headers.emplace_back("Cache-Control", "public, max-age=86400");
    response.headers.emplace_back(
        "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    return response;
}

std::string_view page_policy()
{
    return "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
           "base-uri 'none'; frame-ancestors 'none'";
}

std::string_view message_policy()
{
    // The frame's document inherits this policy: its styles and data: images need to be named here
    // too.
    return "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
           "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
           "object-src 'none'; script-src 'none'";
}

} // namespace portal
