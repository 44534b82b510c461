#include "portal/reading_routes.hpp"

#include "mail/mime_reader.hpp"
#include "portal/answer.hpp"
#include "portal/browser_request.hpp"
#include "portal/content_disposition.hpp"
#include "portal/granted_body.hpp"
#include "portal/inline_images.hpp"
#include "portal/message_page.hpp"

#include <charconv>
#include <optional>
#include <utility>

namespace portal {

namespace asio = boost::asio;
using service::http_request;
using service::http_response;

namespace {

/// Below this, another thread costs more than it saves.
constexpr std::size_t small_work = 64 * 1024;

std::optional<std::size_t> index_of(const std::string& text)
{
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    const bool number = error == std::errc{} && end == text.data() + text.size();
    const bool canonical = text == "0" || !text.starts_with('0');
    return number && canonical && index < mail::most_parts ? std::optional{index} : std::nullopt;
}

std::string_view download_type(const mail::attachment& part)
{
    const std::string_view image = image_type(part.octets);
    if (!image.empty()) {
        return image;
    }
    // The browser is told to save it; a type that it knows helps phones to find the program for it.
    const bool harmless =
        part.media_type == "application/pdf" || part.media_type == "application/zip";
    return harmless ? std::string_view{part.media_type} : "application/octet-stream";
}

http_response headers_only(std::string_view policy)
{
    http_response response = service::html_response(200, {});
    response.headers.emplace_back("Content-Security-Policy", policy);
    return response;
}

} // namespace

struct reading_routes::reading {
    page_frame frame;
    found_link link;
    std::shared_ptr<open_limit::place> place;
    opening opened;
    mail::readable_mail mail;
    http_response response;
};

page_frame frame_of(const mail::ledger& ledger, const std::string& token)
{
    const std::string& organisation = ledger.organisation().name;
    return {organisation.empty() ? "sealpost" : organisation, token};
}

bool reading_routes::is_signed_in(const found_link& link, const mail::session_hash& session) const
{
    const mail::kept_address* who =
        session.empty() ? nullptr : bus_.ledger().signed_in(session, link.now);
    return who != nullptr && *who == link.target.recipient;
}

asio::awaitable<http_response> reading_routes::view(const http_request& request)
{
    reading to;
    const bool opened = co_await begin(request, mail::access_kind::view, {}, to);
    if (opened) {
        co_await show(to);
    }
    co_return std::move(to.response);
}

asio::awaitable<http_response> reading_routes::download(const http_request& request)
{
    reading to;
    const std::string item = request.parameters.at("index");
    const std::optional<std::size_t> index = index_of(item);
    if (!index) {
        co_return unknown_page(frame_of(bus_.ledger(), request.parameters.at("token")));
    }
    const bool opened = co_await begin(request, mail::access_kind::attachment, item, to);
    if (opened) {
        co_await hand_out(*index, to);
    }
    co_return std::move(to.response);
}

asio::awaitable<bool> reading_routes::begin(
    const http_request& request, mail::access_kind what, std::string item, reading& to)
{
    const std::string token = request.parameters.at("token");
    to.link = co_await look_up(bus_, time_, token);
    to.frame = frame_of(bus_.ledger(), token);
    if (to.link.state != standing::available) {
        to.response = answer_standing(to.link.state, to.frame, to.link.note);
        co_return false;
    }
    mail::session_hash session = session_of(request);
    if (!is_signed_in(to.link, session)) {
        const std::string mailbox = masked(to.link.target.recipient);
        to.response = what == mail::access_kind::view ? landing_page(to.frame, mailbox)
                                                      : service::redirect_response("/m/" + token);
        co_return false;
    }
    if (request.method == "HEAD") {
        to.response = headers_only(message_policy());
        co_return false;
    }
    const std::string reader = to.link.target.recipient.key();
    to.place = open_.take(reader);
    if (!to.place) {
        to.response =
            open_.has_enough(reader) ? answer_too_many_open(to.frame) : busy_page(to.frame);
        co_return false;
    }
    to.opened = co_await opener_.open(to.link, std::move(session), what, std::move(item));
    if (to.opened.how == opening::outcome::refused) {
        const bool signed_out = to.opened.verdict == mail::access_verdict::not_signed_in;
        const std::string mailbox = masked(to.link.target.recipient);
        to.response = signed_out
                          ? landing_page(to.frame, mailbox)
                          : answer_standing(standing_of(to.opened.verdict), to.frame, to.link.note);
        co_return false;
    }
    if (to.opened.how != opening::outcome::opened) {
        to.response = to.opened.how == opening::outcome::damaged ? error_page(500, to.frame)
                                                                 : unavailable_page(to.frame);
        co_return false;
    }
    co_return co_await parse(to);
}

asio::awaitable<bool> reading_routes::parse(reading& to)
{
    bool readable = true;
    const std::size_t size = to.opened.octets.size();
    co_await work(size, [&to, &readable] {
        try {
            to.mail = mail::read_mail(to.opened.octets);
            to.opened.octets = {};
        } catch (const mail::unreadable_mail&) {
            readable = false;
        }
    });
    if (!readable) {
        to.opened.held.reset();
        to.response = error_page(500, to.frame);
    }
    co_return readable;
}

asio::awaitable<void> reading_routes::show(reading& to)
{
    message_circumstances circumstances;
    circumstances.frame = to.frame;
    const mail::message_state* message = bus_.ledger().find(to.link.target.message);
    if (message != nullptr) {
        circumstances.sender = message->accepted.sender.text();
        const std::optional<mail::bus_time> end = message->expires_at();
        circumstances.expires = end ? time_for_people(*end) : "";
    }
    const std::size_t size = to.mail.html.value_or("").size() + to.mail.text.value_or("").size();
    std::string page;
    co_await work(size, [&] { page = render_message(to.mail, circumstances); });
    const bool held = co_await still_held(to);
    if (!held) {
        co_return;
    }
    to.response = body_of(to, std::move(page));
    to.response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    to.response.headers.emplace_back("Content-Security-Policy", message_policy());
}

asio::awaitable<void> reading_routes::hand_out(std::size_t index, reading& to)
{
    if (index >= to.mail.attachments.size()) {
        to.opened.held.reset();
        to.response = unknown_page(to.frame);
        co_return;
    }
    const bool held = co_await still_held(to);
    if (!held) {
        co_return;
    }
    mail::attachment& part = to.mail.attachments[index];
    const std::string type{download_type(part)};
    const std::string disposition = content_disposition(part.name);
    to.response = body_of(to, std::move(part.octets));
    to.response.headers.emplace_back("Content-Type", type);
    to.response.headers.emplace_back("Content-Disposition", disposition);
    to.response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
    to.response.headers.emplace_back("Accept-Ranges", "none");
}

/// Right before the first octet: the grant may have run out while the page was made.
asio::awaitable<bool> reading_routes::still_held(reading& to)
{
    const bool kept = co_await to.opened.held->keep();
    if (!kept) {
        to.response = unavailable_page(to.frame);
        to.opened.held.reset();
    }
    co_return kept;
}

http_response reading_routes::body_of(reading& to, std::string octets)
{
    to.opened.held->keep_in_background(executor_);
    http_response response;
    response.source = std::make_unique<granted_body>(
        std::move(to.opened.held), std::move(to.place), std::move(octets));
    return response;
}

asio::awaitable<void> reading_routes::work(std::size_t octets, std::function<void()> what)
{
    if (octets <= small_work) {
        what();
        co_return;
    }
    co_await run_elsewhere_(std::move(what));
}

} // namespace portal
