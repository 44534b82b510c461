#include "cli/demo_story.hpp"

#include "cli/failure.hpp"
#include "cli/portal_page.hpp"
#include "cli/send.hpp"
#include "encryptor/secret.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace cli {

namespace asio = boost::asio;

namespace {

constexpr std::string_view sender = "megan@contoso.com";
constexpr std::string_view office365_reader = "alice@fabrikam.com";
constexpr std::string_view outlook_reader = "bob@outlook.com";
constexpr std::string_view gmail_reader = "carol@gmail.com";
constexpr std::string_view other_reader = "dave@example.org";

constexpr std::string_view body_text =
    "The figures for the board are attached.\nPlease don't pass them on.\n";
constexpr std::string_view body_html =
    "<p>The <b>figures for the board</b> are attached.</p><p>Please don't pass them on.</p>";
constexpr std::string_view attachment_name = "Übersicht.csv";
constexpr std::string_view attachment_octets =
    "quarter;revenue\nQ1;1200000\nQ2;1340000\nQ3;990000\n";
constexpr std::string_view note = "The numbers were wrong; a new mail follows.";
constexpr std::string_view revoked_text = "The message has been revoked by the sender";

constexpr std::chrono::seconds patience{60};
constexpr std::chrono::milliseconds story_poll{50};

void require(bool so, const std::string& otherwise)
{
    if (!so)
        throw failure("the story went wrong: " + otherwise);
}

std::string status_of(const portal_answer& answer)
{
    const std::string heading = text_of_element(answer.body, "h1");
    return "the portal answered " + std::to_string(answer.status) +
           (heading.empty() ? "" : " '" + heading + "'");
}

const page_form& form_with(
    const std::vector<page_form>& forms,
    const std::function<bool(const page_form&)>& wanted,
    const std::string& what)
{
    const auto found = std::find_if(forms.begin(), forms.end(), wanted);
    require(found != forms.end(), "the page has no form " + what);
    return *found;
}

std::string joined(const nlohmann::json& addresses)
{
    std::string text;
    for (const nlohmann::json& address : addresses)
        text += (text.empty() ? "" : ", ") + address.get<std::string>();
    return text.empty() ? "nobody" : text;
}

} // namespace

demo_story::demo_story(endpoints where, narrator& tell, std::function<bool()> given_up)
    : where_(std::move(where)),
      tell_(tell),
      given_up_(std::move(given_up)),
      admin_(where_),
      mailboxes_(where_),
      subject_(
          "Figures for the board (" + encryptor::hexadecimal(encryptor::random_octets(2)) + ")")
{}

asio::awaitable<void> demo_story::play()
{
    co_await send_mail();
    co_await show_inline_copies();
    co_await show_wrapper();
    co_await sign_in();
    co_await read_message();
    co_await download_attachment();
    co_await revoke_message();
    co_await read_in_vain();
    co_await restore_message();
}

asio::awaitable<void> demo_story::send_mail()
{
    tell_.step("Megan sends one mail to four people, by SMTP to " + where_.smtp);
    mail_parts parts = fresh_mail(std::string(sender));
    for (const std::string_view reader :
         {office365_reader, outlook_reader, gmail_reader, other_reader})
        parts.to.emplace_back(reader);
    parts.subject = subject_;
    parts.text = body_text;
    parts.html = body_html;
    parts.attachments = {{std::string(attachment_name), std::string(attachment_octets)}};
    smtp_mail mail{where_.smtp, std::string(sender), parts.to, compose_mail(parts)};
    const smtp_outcome outcome = co_await exchange_mail(std::move(mail));
    tell_.line("The gateway answers, when the mail is encrypted and on disk:");
    for (const std::string& line : outcome.lines)
        tell_.quote(std::to_string(outcome.code) + " " + line);
    require(outcome.accepted(), "the gateway refused the mail at " + outcome.stage);
    message_ = network_message_id_of(outcome);
    require(!message_.empty(), "the reply to DATA names no message id");
}

asio::awaitable<void> demo_story::show_inline_copies()
{
    tell_.step("Alice (Office 365) and Bob (outlook.com) read it in their own client");
    for (const std::string_view reader : {office365_reader, outlook_reader}) {
        const received_mail mail = co_await wait_for_mail(
            std::string(reader),
            [this](const received_mail& one) { return one.subject == subject_; },
            "the inline copy");
        require(mail.delivery == "inline", std::string(reader) + " did not get it inline");
        require(
            mail.text.find("figures for the board") != std::string::npos,
            std::string(reader) + "'s client does not show the text");
        tell_.good(
            std::string(reader) + ": S/MIME, decrypted and verified, with " +
            (mail.attachments.empty() ? "no attachment" : mail.attachments.front().name));
    }
    tell_.line("Their copies open without sealpost: exactly that is why they can't be taken back.");
}

asio::awaitable<void> demo_story::show_wrapper()
{
    tell_.step("Carol (gmail.com) and Dave (example.org) get a wrapper with a button");
    for (const std::string_view reader : {gmail_reader, other_reader}) {
        const received_mail mail = co_await wait_for_mail(
            std::string(reader),
            [this](const received_mail& one) { return one.subject == subject_; },
            "the wrapper");
        require(mail.delivery == "link", std::string(reader) + " did not get a link");
        require(
            (mail.text + mail.html).find("Please don't pass them on") == std::string::npos,
            "the wrapper gives the text away");
        require(!portal_link(mail).empty(), "the wrapper has no link");
        tell_.good(std::string(reader) + ": [ Read the message ] → " + portal_link(mail));
        if (reader == gmail_reader)
            carol_ = std::make_unique<portal_reader>(portal_link(mail), where_.authority);
    }
}

asio::awaitable<void> demo_story::sign_in()
{
    tell_.step("Carol follows her link and asks for a passcode");
    const portal_answer landing = co_await open_page();
    require(landing.status == 200, status_of(landing));
    tell_.quote(text_of_element(landing.body, "h1"));
    const std::vector<page_form> landing_forms = forms_of(landing.body);
    const page_form ask = form_with(
        landing_forms,
        [](const page_form& one) { return one.action.find("passcode") != std::string::npos; },
        "that asks for a passcode");
    const portal_answer page = co_await carol_->post(ask.action, ask.fields);
    require(page.status == 200, status_of(page));
    const std::string reference = text_of_element(page.body, "dd");
    require(!reference.empty(), "the page shows no reference code");

    const received_mail mail = co_await wait_for_mail(
        std::string(gmail_reader),
        [&reference](const received_mail& one) {
            return !one.code.empty() && one.text.find(reference) != std::string::npos;
        },
        "the passcode mail");
    tell_.line(
        "A mail arrives with the passcode " + mail.code + ", and the reference " + reference +
        " that the page shows, too.");

    const std::vector<page_form> code_forms = forms_of(page.body);
    page_form form = form_with(
        code_forms,
        [](const page_form& one) { return one.fields.contains("code"); },
        "for the code");
    form.fields["code"] = mail.code;
    const portal_answer opened = co_await carol_->post(form.action, form.fields);
    require(opened.status == 200, status_of(opened));
    tell_.good("The right code signs her in.");
}

asio::awaitable<void> demo_story::read_message()
{
    tell_.step("Carol reads the message on the portal");
    const portal_answer page = co_await open_page();
    require(page.status == 200, status_of(page));
    const std::string text = text_of_class(page.body, "body-text");
    require(
        text.find("figures for the board") != std::string::npos, "the page does not show the text");
    tell_.quote(text);
    tell_.good("Shown; the log had it on record before the first octet left.");
}

asio::awaitable<void> demo_story::download_attachment()
{
    tell_.step("Carol downloads the attachment");
    const portal_answer page = co_await open_page();
    const std::vector<std::string> links = links_with(page.body, "/attachments/");
    require(links.size() == 1, "the page offers " + std::to_string(links.size()) + " attachments");
    const portal_answer file = co_await carol_->get(links.front());
    require(file.status == 200, status_of(file));
    require(file.body == attachment_octets, "the attachment is not what was sent");
    tell_.good(
        std::string(attachment_name) + ", " + std::to_string(file.body.size()) +
        " octets, SHA-256 " + encryptor::hexadecimal(encryptor::sha256(file.body)).substr(0, 16) +
        "…: byte for byte what was sent");
}

asio::awaitable<void> demo_story::revoke_message()
{
    tell_.step("An administrator takes the message back");
    tell_.line(
        "sealpost shell -c 'Set-OMEMessageRevocation -Revoke $true -MessageId \"" + message_ +
        "\"'");
    const nlohmann::json request = {{"reason", "wrong figures"}, {"note", note}};
    const nlohmann::json answer = co_await admin_.post(
        "/v1/messages/" + percent_encoded(message_) + "/revoke", request.dump());
    require(answer.value("in_force", false), "the revoke is not in force");
    tell_.good(
        "In force after " + std::to_string(answer.value("milliseconds", std::int64_t{0})) +
        " ms; read before by " + joined(answer.at("read_before")));
    for (const nlohmann::json& kept : answer.at("not_revocable"))
        tell_.line(
            kept.at("address").get<std::string>() +
            " keeps it: " + kept.at("reason").get<std::string>());
}

asio::awaitable<void> demo_story::read_in_vain()
{
    tell_.step("Carol, still signed in, opens the page again");
    const portal_answer refused = co_await open_page();
    require(refused.status == 410, status_of(refused));
    require(
        text_of_element(refused.body, "h1") == revoked_text,
        "the page does not say '" + std::string(revoked_text) + "'");
    require(
        refused.body.find("figures for the board are") == std::string::npos,
        "the page still shows the text");
    tell_.quote("HTTP 410");
    tell_.quote(text_of_element(refused.body, "h1"));
    tell_.quote(text_of_element(refused.body, "blockquote"));
    portal_reader stranger(carol_->link(), where_.authority);
    const portal_answer also = co_await stranger.get(stranger.link());
    require(also.status == 410, "without a session " + status_of(also));
    tell_.good("The same without a session, and nobody is asked for a passcode any more.");
}

asio::awaitable<void> demo_story::restore_message()
{
    tell_.step("The administrator restores it, and Carol reads again");
    const nlohmann::json request = {{"reason", "the figures were right"}};
    co_await admin_.post("/v1/messages/" + percent_encoded(message_) + "/restore", request.dump());
    const portal_answer page = co_await open_page();
    require(page.status == 200, status_of(page));
    require(
        text_of_class(page.body, "body-text").find("figures for the board") != std::string::npos,
        "the page does not show the text");
    tell_.good("Readable again, in the same session.");
}

asio::awaitable<portal_answer> demo_story::open_page()
{
    return carol_->get(carol_->link());
}

asio::awaitable<received_mail> demo_story::wait_for_mail(
    std::string address, std::function<bool(const received_mail&)> wanted, std::string what)
{
    asio::steady_timer pause(co_await asio::this_coro::executor);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const std::string late =
        what + " did not reach " + address + " within " + std::to_string(patience.count()) + " s";
    for (;;) {
        const std::vector<received_mail> mails = co_await mailboxes_.messages(address);
        const auto found = std::find_if(mails.begin(), mails.end(), wanted);
        if (found != mails.end())
            co_return *found;
        require(!given_up_(), "stopped");
        require(std::chrono::steady_clock::now() < deadline, late);
        boost::system::error_code error;
        pause.expires_after(story_poll);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

} // namespace cli
