#include "tests/revocation/admin_site.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

using namespace std::chrono_literals;
using nlohmann::json;
using revocation::test::admin_site;
using revocation::test::first_message;

namespace {

class admin_api_test : public admin_site {
protected:
    const std::string path = "/v1/messages/" + first_message.text;
};

TEST_F(admin_api_test, nobody_gets_in_without_a_token)
{
    for (const std::string token : {"", "open barley"}) {
        const auto answer = ask("GET", "/v1/messages", "", token);
        EXPECT_EQ(answer.status, 401u);
        EXPECT_TRUE(answer.headers.at("www-authenticate").starts_with("Bearer"));
        EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
        EXPECT_EQ(json::parse(answer.body)["status"], 401);
    }
}

TEST_F(admin_api_test, an_auditor_reads_and_changes_nothing)
{
    accept({"carol@gmail.com"});
    EXPECT_EQ(ask("GET", path, "", "look only").status, 200u);
    EXPECT_EQ(ask("POST", path + "/revoke", "", "look only").status, 403u);
    EXPECT_EQ(ask("POST", path + "/restore", "", "look only").status, 403u);
    EXPECT_EQ(ask("POST", "/v1/directory", "{}", "look only").status, 403u);
    EXPECT_FALSE(ask_json("GET", path)["revoked"].get<bool>());
}

TEST_F(admin_api_test, status_knows_what_was_accepted_a_moment_ago)
{
    accept({"carol@gmail.com"}, {"alice@fabrikam.com"});
    const json message = ask_json("GET", path);
    EXPECT_EQ(message["message_id"], "<1@example.com>");
    EXPECT_EQ(message["recipients"].size(), 2u);
    EXPECT_TRUE(message["is_revocable"].get<bool>());
}

TEST_F(admin_api_test, a_message_id_names_a_message_with_and_without_brackets)
{
    accept({"carol@gmail.com"});
    for (const char* id : {"%3C1%40example.com%3E", "1@example.com", "%3C1@example.com%3E"})
        EXPECT_EQ(ask(("GET"), std::string{"/v1/messages/"} + id).status, 200u) << id;
    EXPECT_EQ(ask("GET", "/v1/messages/%3C2%2Fx%40example.com%3E").status, 404u);
}

TEST_F(admin_api_test, a_shared_message_id_is_refused_with_the_list)
{
    accept({"carol@gmail.com"});
    accept({"dave@example.org"}, {}, {"0190a000-0000-7000-8000-000000000002"});
    const auto answer = ask("POST", "/v1/messages/%3C1%40example.com%3E/revoke");
    EXPECT_EQ(answer.status, 409u);
    EXPECT_EQ(json::parse(answer.body)["network_message_ids"].size(), 2u);
    EXPECT_EQ(ask("GET", path).status, 200u);
}

TEST_F(admin_api_test, a_revoke_answers_in_force_and_is_on_record)
{
    accept({"carol@gmail.com"}, {"alice@fabrikam.com"});
    const json done = ask_json("POST", path + "/revoke", R"({"reason":"r","note":"n"})");
    EXPECT_TRUE(done["in_force"].get<bool>());
    EXPECT_TRUE(done["changed"].get<bool>());
    EXPECT_EQ(done["not_revocable"][0]["address"], "alice@fabrikam.com");
    const json message = ask_json("GET", path);
    EXPECT_TRUE(message["revoked"].get<bool>());
    EXPECT_EQ(message["revoke"]["seq"], done["seq"]);
    EXPECT_EQ(message["revoke"]["actor"], "Ali");
    EXPECT_TRUE(message["revoke"]["enforced"].get<bool>());
    EXPECT_TRUE(message["status_text"].get<std::string>().ends_with("was successfully revoked"));
}

TEST_F(admin_api_test, a_repeated_revoke_answers_with_the_earlier_seq)
{
    accept({"carol@gmail.com"});
    const json first = ask_json("POST", path + "/revoke");
    const json second = ask_json("POST", path + "/revoke");
    EXPECT_EQ(second["seq"], first["seq"]);
    EXPECT_FALSE(second["changed"].get<bool>());
    EXPECT_TRUE(second["in_force"].get<bool>());
    EXPECT_EQ(process_->applied().ledger.applied(), 3u);
}

TEST_F(admin_api_test, a_revoke_waits_for_the_reader_who_has_it_open)
{
    accept({"carol@gmail.com"});
    open_message("carol@gmail.com");
    const auto began = std::chrono::steady_clock::now();
    const json done = ask_json("POST", path + "/revoke");
    EXPECT_GE(std::chrono::steady_clock::now() - began, 1500ms);
    EXPECT_GE(done["milliseconds"].get<int>(), 1500);
    EXPECT_EQ(done["read_before"], json::array({"carol@gmail.com"}));
}

TEST_F(admin_api_test, a_close_that_comes_ends_the_wait)
{
    accept({"carol@gmail.com"});
    const auto attempt = open_message("carol@gmail.com");
    std::optional<service::http_answer> answer;
    boost::asio::co_spawn(
        loop_.io,
        call("POST", path + "/revoke", "", "open sesame"),
        [&](const std::exception_ptr&, service::http_answer got) { answer = std::move(got); });
    loop_.wait_for(
        [&] { return process_->applied().ledger.latest_revoke(first_message).has_value(); });
    EXPECT_FALSE(answer);
    tell(revocation::make_event(mail::access_closed{attempt, 0, "aborted"}));
    loop_.wait_for([&] { return answer.has_value(); });
    const json done = json::parse(answer->body);
    EXPECT_LT(done["milliseconds"].get<int>(), 1500);
    EXPECT_TRUE(done["read_before"].empty()) << "a close of 0 bytes is no read";
}

TEST_F(admin_api_test, a_caller_that_hangs_up_stops_nothing)
{
    accept({"carol@gmail.com"});
    open_message("carol@gmail.com");
    auto impatient = service::http_call(
        "POST",
        process_->url + path + "/revoke",
        {{"Authorization", "Bearer open sesame"}},
        "",
        tls_,
        300ms);
    const auto answer = loop_.run(std::move(impatient));
    EXPECT_TRUE(answer.error);
    loop_.wait_for([&] {
        const auto revoke = process_->applied().ledger.latest_revoke(first_message);
        return revoke && revoke->enforced;
    });
}

TEST_F(admin_api_test, a_restart_finishes_what_was_left)
{
    accept({"carol@gmail.com"});
    open_message("carol@gmail.com");
    auto impatient = call("POST", path + "/revoke", "", "open sesame");
    boost::asio::co_spawn(
        loop_.io, std::move(impatient), [](const std::exception_ptr&, service::http_answer) {});
    loop_.wait_for(
        [&] { return process_->applied().ledger.latest_revoke(first_message).has_value(); });
    restart();
    loop_.wait_for([&] {
        const auto latest = process_->applied().ledger.latest_revoke(first_message);
        return latest && latest->enforced;
    });
}

TEST_F(admin_api_test, what_cannot_be_revoked_is_refused_and_not_appended)
{
    accept({}, {"alice@fabrikam.com"});
    const auto answer = ask("POST", path + "/revoke");
    EXPECT_EQ(answer.status, 409u);
    const json refusal = json::parse(answer.body);
    EXPECT_EQ(refusal["not_revocable"][0]["address"], "alice@fabrikam.com");
    EXPECT_EQ(process_->applied().ledger.applied(), 1u);
}

TEST_F(admin_api_test, an_unknown_recipient_is_named)
{
    accept({"carol@gmail.com"});
    const auto answer = ask("POST", path + "/revoke", R"({"recipients":["eve@evil.example"]})");
    EXPECT_EQ(answer.status, 422u);
    EXPECT_NE(json::parse(answer.body)["detail"].get<std::string>().find("eve"), std::string::npos);
    EXPECT_EQ(ask("POST", path + "/revoke", "not json").status, 422u);
}

TEST_F(admin_api_test, restore_gives_access_back_and_is_harmless_without_a_revoke)
{
    accept({"carol@gmail.com"});
    const json nothing = ask_json("POST", path + "/restore");
    EXPECT_FALSE(nothing["changed"].get<bool>());
    EXPECT_TRUE(nothing["seq"].is_null());
    ask_json("POST", path + "/revoke");
    EXPECT_TRUE(ask_json("POST", path + "/restore")["changed"].get<bool>());
    EXPECT_FALSE(ask_json("GET", path)["revoked"].get<bool>());
}

TEST_F(admin_api_test, an_act_that_is_refused_is_on_record_too)
{
    accept({"carol@gmail.com"});
    const std::string stranger = R"({"recipients":["eve@evil.example"]})";
    for (const std::string act : {"revoke", "restore"}) {
        ask("POST", path + "/" + act, stranger);
        const std::string told = testing::internal::GetCapturedStderr();
        testing::internal::CaptureStderr();
        EXPECT_NE(told.find("\"admin." + act + "\""), std::string::npos) << told;
        EXPECT_NE(told.find("\"status\":422"), std::string::npos) << told;
    }
}

TEST_F(admin_api_test, the_trace_tells_the_story)
{
    accept({"carol@gmail.com"});
    ask_json("POST", path + "/revoke");
    const json trace = ask_json("GET", "/v1/trace/" + first_message.text);
    std::vector<std::string> words;
    for (const json& each : trace["events"])
        words.push_back(each["event"]);
    EXPECT_EQ(words, (std::vector<std::string>{"RECEIVE", "RECEIVE", "REVOKE", "IN FORCE"}));
}

TEST_F(admin_api_test, a_search_that_cannot_be_read_is_a_bad_request)
{
    const auto answer = ask("GET", "/v1/messages?limit=0&colour=red");
    EXPECT_EQ(answer.status, 400u);
    EXPECT_EQ(json::parse(answer.body)["errors"].size(), 2u);
}

TEST_F(admin_api_test, the_directory_changes_only_when_something_differs)
{
    const std::string body =
        R"({"organisation":{"name":"Contoso"},"domains":[{"domain":"a.example","identity":"other"}]})";
    EXPECT_TRUE(ask_json("POST", "/v1/directory", body)["changed"].get<bool>());
    EXPECT_FALSE(ask_json("POST", "/v1/directory", body)["changed"].get<bool>());
    EXPECT_EQ(process_->applied().ledger.applied(), 1u);
    EXPECT_EQ(ask_json("GET", "/v1/directory")["domains"][0]["domain"], "a.example");
    const auto wrong = ask("POST", "/v1/directory", R"({"domains":[{"domain":"?"}]})");
    EXPECT_EQ(wrong.status, 422u);
    EXPECT_EQ(json::parse(wrong.body)["errors"].size(), 2u);
}

TEST_F(admin_api_test, an_imported_log_is_read_and_never_changed)
{
    accept({"carol@gmail.com"});
    bus_->become_imported(
        revocation::make_event(mail::message_revoked{first_message, {}, "Ali", {}, "", ""}));
    restart();
    const json message = ask_json("GET", path);
    EXPECT_TRUE(message["revoked"].get<bool>());
    EXPECT_FALSE(message["revoke"]["enforced"].get<bool>()) << "and is not enforced here";
    EXPECT_EQ(ask("GET", "/v1/trace/" + first_message.text).status, 200u);
    for (const std::string& command : {path + "/revoke", path + "/restore"}) {
        const auto answer = ask("POST", command);
        EXPECT_EQ(answer.status, 409u) << command;
        EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
        EXPECT_NE(answer.body.find("imported"), std::string::npos) << answer.body;
    }
    EXPECT_EQ(ask("POST", "/v1/directory", "{}").status, 409u);
    EXPECT_EQ(ask("POST", path + "/revoke", "", "look only").status, 403u);
    EXPECT_EQ(process_->applied().ledger.applied(), 2u);
}

TEST_F(admin_api_test, without_the_bus_nothing_is_claimed)
{
    accept({"carol@gmail.com"});
    ask_json("GET", path);
    bus_->stop();
    loop_.wait_for([&] { return !others_->connected(); });
    for (const auto& [method, what] :
         {std::pair{"GET", path},
          std::pair{"POST", path + "/revoke"},
          std::pair{"POST", path + "/restore"},
          std::pair{"GET", std::string{"/v1/messages"}}}) {
        const auto answer = ask(method, what);
        EXPECT_EQ(answer.status, 503u) << method << " " << what;
        EXPECT_EQ(answer.headers.at("retry-after"), "1");
    }
}

} // namespace
