#include "simulator/mailboxes/mailbox_site.hpp"

#include "simulator/mailboxes/mailbox_api.hpp"
#include "simulator/mailboxes/mailbox_pages.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace asio = boost::asio;

namespace simulator {

namespace {

/// The frame of an HTML mail inherits it: styles written in the mail and pictures carried by it,
/// nothing else.
constexpr const char* policy = "default-src 'none'; style-src 'self' 'unsafe-inline'; "
                               "img-src data:; form-action 'none'; base-uri 'none'; "
                               "frame-ancestors 'none'";

constexpr std::size_t rows_on_a_page = 50;

service::http_response page(unsigned status, std::string html)
{
    auto response = service::html_response(status, std::move(html));
    response.headers.emplace_back("Content-Security-Policy", policy);
    return response;
}

asio::awaitable<service::http_response> ready(service::http_response made)
{
    co_return std::move(made);
}

service::http_route show(
    std::string pattern, std::function<service::http_response(const service::http_request&)> answer)
{
    service::http_route route;
    route.method = "GET";
    route.pattern = std::move(pattern);
    route.name = "page";
    route.handle = [answer = std::move(answer)](const service::http_request& request) {
        return ready(answer(request));
    };
    return route;
}

service::http_response list(
    const mailbox_store& store, const mail_client& client, const service::http_request& request)
{
    const std::string mailbox = mailbox_key(request);
    mail_range wanted;
    wanted.most = rows_on_a_page;
    const auto cursor = request.query.find("cursor");
    if (cursor != request.query.end()) {
        const auto before = whole_number(cursor->second);
        if (!before)
            return site_error(400);
        wanted.before = *before;
    }
    const mail_page found = store.page(mailbox, wanted);
    mail_rows rows;
    for (const std::int64_t id : found.ids) {
        const stored_mail mail = store.find(mailbox, id).value();
        shown_mail shown = client.show_header(mail);
        rows.mails.push_back(
            {id, mail.received_at, shown.delivery, shown.kind, shown.from, shown.subject});
    }
    rows.older = found.older;
    rows.newest = cursor == request.query.end();
    return page(200, mailbox_page(mailbox, rows));
}

service::http_response read(
    const mailbox_store& store, const mail_client& client, const service::http_request& request)
{
    const auto id = whole_number(request.parameters.at("id"));
    const auto mail = id ? store.find(mailbox_key(request), *id) : std::nullopt;
    if (!mail)
        return site_error(404);
    return page(200, message_page(*mail, client.show(*mail)));
}

} // namespace

std::vector<service::http_route> mailbox_site(const mailbox_store& store, const mail_client& client)
{
    std::vector<service::http_route> table;
    table.push_back(
        show("/", [&store](const auto&) { return page(200, mailboxes_page(store.mailboxes())); }));
    table.push_back(show(
        "/mailboxes/{address}", [&](const auto& request) { return list(store, client, request); }));
    table.push_back(show("/mailboxes/{address}/{id}", [&](const auto& request) {
        return read(store, client, request);
    }));
    table.push_back(show("/mailboxes.css", [](const auto&) {
        return service::text_response(200, std::string{style_sheet()}, "text/css; charset=utf-8");
    }));
    return table;
}

service::http_response site_error(unsigned status)
{
    return page(status, missing_page(status));
}

} // namespace simulator
