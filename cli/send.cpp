#include "cli/send.hpp"

#include "cli/durable_file.hpp"
#include "cli/endpoints.hpp"
#include "cli/run_to_end.hpp"
#include "encryptor/secret.hpp"
#include "mail/date.hpp"
#include "mail/header_reader.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>
#include <iterator>
#include <utility>

namespace cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t uuid_length = 36;

std::int64_t now_milliseconds()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string read_raw(const std::filesystem::path& file)
{
    if (file != "-")
        return read_whole(file);
    return {std::istreambuf_iterator<char>(std::cin), {}};
}

std::string compose(const send_options& options, std::string& message_id)
{
    mail_parts parts = fresh_mail(options.from);
    parts.to = options.to;
    parts.subject = options.subject;
    parts.text = options.text;
    parts.html = options.html;
    for (const std::filesystem::path& file : options.attachments)
        parts.attachments.push_back({file.filename().string(), read_whole(file)});
    message_id = parts.message_id;
    return compose_mail(parts);
}

std::string message_id_of(const std::string& octets)
{
    mail::header_reader reader;
    if (reader.feed(octets) != mail::header_reader::progress::complete)
        reader.finish();
    const mail::header_field* field = reader.find("Message-ID");
    return field == nullptr ? "" : field->value;
}

void print(const smtp_outcome& outcome)
{
    std::ostream& stream = outcome.accepted() ? std::cout : std::cerr;
    if (!outcome.accepted())
        stream << "refused at " << outcome.stage << ":\n";
    for (const std::string& line : outcome.lines)
        stream << outcome.code << " " << line << "\n";
}

asio::awaitable<int> hand_over(const smtp_mail& mail, const std::string& message_id, bool json)
{
    const smtp_outcome outcome = co_await exchange_mail(mail);
    if (json)
        std::cout << to_json(outcome, message_id) << "\n";
    else
        print(outcome);
    co_return outcome.accepted() ? 0 : 1;
}

} // namespace

int send(const std::filesystem::path& state, const send_options& options)
{
    const endpoints where = running_endpoints(state);
    std::string message_id;
    smtp_mail mail{where.smtp, options.from, options.to, ""};
    if (options.raw) {
        mail.octets = with_crlf(read_raw(*options.raw));
        message_id = message_id_of(mail.octets);
    } else {
        mail.octets = compose(options, message_id);
    }
    return run_to_end([&] { return hand_over(mail, message_id, options.json); });
}

mail_parts fresh_mail(const std::string& from)
{
    mail_parts parts;
    parts.from = from;
    const std::size_t at = from.rfind('@');
    const std::string domain = at == std::string::npos ? "localhost" : from.substr(at + 1);
    parts.message_id =
        "<" + encryptor::hexadecimal(encryptor::random_octets(12)) + "@" + domain + ">";
    parts.date = mail::rfc5322_date(now_milliseconds());
    parts.boundary = "=_" + encryptor::hexadecimal(encryptor::random_octets(12));
    return parts;
}

std::string to_json(const smtp_outcome& outcome, const std::string& message_id)
{
    nlohmann::ordered_json result;
    result["accepted"] = outcome.accepted();
    result["code"] = outcome.code;
    result["stage"] = outcome.stage;
    result["message_id"] = message_id;
    result["network_message_id"] = network_message_id_of(outcome);
    result["lines"] = outcome.lines;
    return result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string network_message_id_of(const smtp_outcome& outcome)
{
    if (!outcome.accepted() || outcome.lines.empty())
        return "";
    const std::string& line = outcome.lines.front();
    const std::string last = line.substr(line.rfind(' ') + 1);
    return last.size() == uuid_length ? last : "";
}

} // namespace cli
