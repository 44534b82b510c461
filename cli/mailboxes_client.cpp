#include "cli/mailboxes_client.hpp"

#include "cli/admin_client.hpp"
#include "cli/failure.hpp"
#include "service/http_client.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <iterator>
#include <utility>

namespace cli {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds answer_deadline{10};
constexpr std::size_t passcode_digits = 8;

std::string text_or_empty(const nlohmann::json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// An id may be a number or a text.
std::string id_of(const nlohmann::json& message)
{
    const nlohmann::json& id = message.at("id");
    return id.is_string() ? id.get<std::string>() : id.dump();
}

received_mail mail_of(const nlohmann::json& message)
{
    received_mail mail;
    mail.id = id_of(message);
    mail.from = text_or_empty(message, "from");
    mail.subject = text_or_empty(message, "subject");
    mail.delivery = message.at("delivery");
    mail.text = text_or_empty(message, "text");
    mail.html = text_or_empty(message, "html");
    mail.code = text_or_empty(message, "code");
    if (mail.code.empty())
        mail.code = passcode_in(mail.text).value_or("");
    mail.links = message.at("links").get<std::vector<std::string>>();
    for (const nlohmann::json& attachment : message.at("attachments"))
        mail.attachments.push_back(
            {attachment.at("name"), attachment.at("size"), attachment.at("sha256")});
    return mail;
}

asio::awaitable<service::http_answer> fetch(std::string url, asio::ssl::context& tls)
{
    std::vector<std::pair<std::string, std::string>> no_headers;
    service::http_answer answer = co_await service::http_call(
        "GET", std::move(url), std::move(no_headers), std::string(), tls, answer_deadline);
    if (answer.error)
        throw failure(
            "the mailboxes do not answer: " + answer.error.message() +
            "; see log/mailboxes.log in the state directory");
    co_return answer;
}

} // namespace

mailboxes_client::mailboxes_client(const endpoints& where)
    : base_(where.mailboxes), tls_(asio::ssl::context::tls_client)
{
    if (base_.empty())
        throw failure(
            "this sealpost runs without mailboxes; start `sealpost up` without --no-mailboxes");
}

asio::awaitable<std::vector<received_mail>> mailboxes_client::messages(std::string address)
{
    const std::string url = base_ + "/api/mailboxes/" + percent_encoded(address) + "/messages";
    std::vector<received_mail> all;
    for (std::string page = url;;) {
        const service::http_answer answer = co_await fetch(page, tls_);
        if (answer.status == 404)
            co_return all;
        if (answer.status != 200)
            throw failure("the mailboxes answered " + std::to_string(answer.status));
        std::ranges::move(parse_messages(answer.body), std::back_inserter(all));
        if (all.empty() || !answer.headers.contains("link"))
            co_return all;
        page = url + "?cursor=" + percent_encoded(all.back().id);
    }
}

asio::awaitable<std::string> mailboxes_client::raw(std::string address, std::string id)
{
    std::string url = base_ + "/api/mailboxes/" + percent_encoded(address) + "/messages/" +
                      percent_encoded(id) + "/raw";
    service::http_answer answer = co_await fetch(std::move(url), tls_);
    if (answer.status != 200)
        throw failure("the mailboxes answered " + std::to_string(answer.status));
    co_return std::move(answer.body);
}

std::vector<received_mail> parse_messages(std::string_view json)
try {
    std::vector<received_mail> mails;
    for (const nlohmann::json& message : nlohmann::json::parse(json))
        mails.push_back(mail_of(message));
    return mails;
} catch (const nlohmann::json::exception& error) {
    throw failure(std::string("the mailboxes answered with something unexpected: ") + error.what());
}

std::string portal_link(const received_mail& mail)
{
    for (const std::string& link : mail.links)
        if (link.starts_with("https://") && link.find("/m/") != std::string::npos)
            return link;
    return "";
}

std::optional<std::string> passcode_in(std::string_view text)
{
    std::size_t run = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0) {
            ++run;
            continue;
        }
        if (run == passcode_digits)
            return std::string(text.substr(at - run, run));
        run = 0;
    }
    return std::nullopt;
}

} // namespace cli
