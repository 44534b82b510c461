#include "simulator/mailboxes/mailbox_api.hpp"

#include "simulator/mailboxes/arrivals.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>

namespace asio = boost::asio;

namespace simulator {

namespace {

service::http_response no_such_mail()
{
    return service::problem_response(404, "This mailbox has no such mail.");
}

/// RFC 6266 with the name in UTF-8 (RFC 8187).
std::string disposition(const std::string& name)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const unsigned char each : name) {
        const bool plain = (each >= '0' && each <= '9') || (each >= 'A' && each <= 'Z') ||
                           (each >= 'a' && each <= 'z') || each == '.' || each == '-' ||
                           each == '_';
        if (plain) {
            encoded += static_cast<char>(each);
        } else {
            encoded += '%';
            encoded += digits[each >> 4];
            encoded += digits[each & 0x0f];
        }
    }
    return "attachment; filename*=UTF-8''" + encoded;
}

/// nullopt: there, but no number within the bounds.
std::optional<std::int64_t> bounded(
    const service::http_request& request,
    const std::string& name,
    std::int64_t fallback,
    std::int64_t least,
    std::int64_t most)
{
    const auto found = request.query.find(name);
    if (found == request.query.end())
        return fallback;
    const auto number = whole_number(found->second);
    if (!number || *number < least || *number > most)
        return std::nullopt;
    return number;
}

/// RFC 8288, against the request's own path.
std::string link_to_next(std::int64_t after, std::int64_t limit, std::int64_t last)
{
    return "<?after=" + std::to_string(after) + "&limit=" + std::to_string(limit) +
           "&cursor=" + std::to_string(last) + ">; rel=\"next\"";
}

/// A handler that needs not wait for anything.
template <class Answer>
service::http_handler at_once(Answer answer)
{
    struct answering {
        static asio::awaitable<service::http_response> with(service::http_response made)
        {
            co_return std::move(made);
        }
    };
    return [answer = std::move(answer)](const service::http_request& request) {
        return answering::with(answer(request));
    };
}

} // namespace

std::string mailbox_key(const service::http_request& request)
{
    std::string key = request.parameters.at("address");
    std::ranges::transform(key, key.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return key;
}

std::optional<std::int64_t> whole_number(std::string_view text)
{
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value < 0)
        return std::nullopt;
    return value;
}

mailbox_api::mailbox_api(
    mailbox_store& store, const mail_client& client, fault_script& faults, arrivals& arrived)
    : store_(store), client_(client), faults_(faults), arrived_(arrived)
{}

std::vector<service::http_route> mailbox_api::routes()
{
    const std::string mailbox = "/api/mailboxes/{address}/messages";
    const std::string mail = mailbox + "/{id}";
    std::vector<service::http_route> table;
    const auto add = [&](const char* method, const std::string& pattern, auto answer) {
        table.push_back({method, pattern, "api", at_once(std::move(answer))});
    };
    add("GET", "/api/mailboxes", [this](const auto&) { return mailboxes(); });
    table.push_back(
        {"GET", mailbox, "api", [this](const auto& request) { return messages(request); }});
    add("DELETE", mailbox, [this](const auto& request) { return erase_all(request); });
    add("GET", mail, [this](const auto& request) { return message(request); });
    add("DELETE", mail, [this](const auto& request) { return erase(request); });
    add("GET", mail + "/raw", [this](const auto& request) { return raw(request); });
    add("GET", mail + "/attachments/{index}", [this](const auto& request) {
        return attachment(request);
    });
    add("GET", "/api/faults", [this](const auto&) {
        return service::json_response(200, faults_json(faults_.faults()));
    });
    add("PUT", "/api/faults", [this](const auto& request) { return set_faults(request); });
    add("DELETE", "/api/faults", [this](const auto&) {
        faults_.replace({});
        return service::text_response(204, {});
    });
    return table;
}

service::http_response mailbox_api::mailboxes() const
{
    return service::json_response(200, mailboxes_json(store_.mailboxes()));
}

mailbox_api::response mailbox_api::messages(const service::http_request& request)
{
    constexpr std::int64_t last_id = std::numeric_limits<std::int64_t>::max();
    const auto after = bounded(request, "after", 0, 0, last_id);
    const auto wait = bounded(request, "wait", 0, 0, longest_wait);
    const auto limit = bounded(request, "limit", most_listed, 1, most_listed);
    const auto cursor = bounded(request, "cursor", last_id, 1, last_id);
    if (!after || !wait || !limit || !cursor)
        co_return service::problem_response(
            400,
            "after and cursor must be the ids of mails, wait 0 to " + std::to_string(longest_wait) +
                " seconds, limit 1 to " + std::to_string(most_listed) + ".");
    const std::string mailbox = mailbox_key(request);
    co_await wait_for_mail(mailbox, *after, *wait);
    const mail_page page =
        store_.page(mailbox, {*after, *cursor, static_cast<std::size_t>(*limit)});
    const std::string means = client_.means(mailbox);
    std::string list = "[";
    for (const std::int64_t id : page.ids)
        list += (list.size() > 1 ? "," : "") + told(mailbox, id, means);
    auto response = service::json_response(200, list + "]");
    if (page.older)
        response.headers.emplace_back("Link", link_to_next(*after, *limit, page.ids.back()));
    co_return std::move(response);
}

std::string mailbox_api::told(const std::string& mailbox, std::int64_t id, const std::string& means)
{
    if (const std::string* known = told_.find(id, means))
        return *known;
    const stored_mail mail = store_.find(mailbox, id).value();
    std::string json = message_json(mail, client_.show(mail));
    told_.keep(id, means, json);
    return json;
}

asio::awaitable<void> mailbox_api::wait_for_mail(
    std::string mailbox, std::int64_t after, std::int64_t seconds)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
    while (!store_.has_newer(mailbox, after) && !arrived_.stopped() &&
           std::chrono::steady_clock::now() < deadline)
        co_await arrived_.wait(deadline);
}

std::optional<stored_mail> mailbox_api::named(const service::http_request& request) const
{
    const auto id = whole_number(request.parameters.at("id"));
    if (!id)
        return std::nullopt;
    return store_.find(mailbox_key(request), *id);
}

service::http_response mailbox_api::message(const service::http_request& request) const
{
    const auto mail = named(request);
    if (!mail)
        return no_such_mail();
    return service::json_response(200, message_json(*mail, client_.show(*mail)));
}

service::http_response mailbox_api::raw(const service::http_request& request) const
{
    auto mail = named(request);
    if (!mail)
        return no_such_mail();
    return service::text_response(200, std::move(mail->octets), "message/rfc822");
}

service::http_response mailbox_api::attachment(const service::http_request& request) const
{
    const auto mail = named(request);
    const auto index = whole_number(request.parameters.at("index"));
    if (!mail || !index)
        return no_such_mail();
    shown_mail shown = client_.show(*mail);
    if (static_cast<std::size_t>(*index) >= shown.attachments.size())
        return service::problem_response(404, "This mail has no such attachment.");
    shown_attachment& wanted = shown.attachments[static_cast<std::size_t>(*index)];
    auto response =
        service::text_response(200, std::move(wanted.octets), "application/octet-stream");
    response.headers.emplace_back("Content-Disposition", disposition(wanted.name));
    return response;
}

service::http_response mailbox_api::erase(const service::http_request& request)
{
    const auto id = whole_number(request.parameters.at("id"));
    if (!id || !store_.erase(mailbox_key(request), *id))
        return no_such_mail();
    return service::text_response(204, {});
}

service::http_response mailbox_api::erase_all(const service::http_request& request)
{
    store_.erase_all(mailbox_key(request));
    return service::text_response(204, {});
}

service::http_response mailbox_api::set_faults(const service::http_request& request)
{
    parsed_faults parsed = parse_faults(request.body);
    if (!parsed.problems.empty()) {
        std::string detail = "The faults were not changed:";
        for (const std::string& each : parsed.problems)
            detail += " " + each + ";";
        detail.back() = '.';
        return service::problem_response(422, detail);
    }
    faults_.replace(std::move(parsed.faults));
    return service::json_response(200, faults_json(faults_.faults()));
}

} // namespace simulator
