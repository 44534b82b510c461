#include "simulator/mailboxes/mailbox_api.hpp"
#include "tests/encryptor/certificates_of_tests.hpp"
#include "tests/simulator/outside_world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

using nlohmann::json;
using simulator::test::outside_world;

namespace {

class mailbox_api_test : public outside_world {
protected:
    const std::string carols = "/api/mailboxes/carol@gmail.com/messages";
};

TEST_F(mailbox_api_test, mail_for_anybody_is_taken_and_listed)
{
    EXPECT_EQ(send().code, 250);
    EXPECT_EQ(send("Dave@Example.org").code, 250);
    EXPECT_EQ(get("/api/mailboxes"), json::parse(R"([{"address":"carol@gmail.com","messages":1},
                        {"address":"dave@example.org","messages":1}])"));
}

TEST_F(mailbox_api_test, a_mail_has_the_promised_fields)
{
    send();
    const json mail = mails().at(0);
    EXPECT_EQ(mail["id"], "1");
    EXPECT_EQ(mail["from"], "Ann <ann@contoso.com>");
    EXPECT_EQ(mail["subject"], "Hello");
    EXPECT_EQ(mail["received_at"], "2027-01-15T08:00:00.123Z");
    EXPECT_EQ(mail["delivery"], "plain");
    EXPECT_EQ(mail["text"], "Hello Carol\r\n");
    EXPECT_TRUE(mail["html"].is_null());
    EXPECT_TRUE(mail["kind"].is_null());
    EXPECT_TRUE(mail["code"].is_null());
    EXPECT_TRUE(mail["verified_signer"].is_null());
    EXPECT_TRUE(mail["problem"].is_null());
    EXPECT_EQ(mail["links"], json::array());
    EXPECT_EQ(mail["attachments"], json::array());
}

TEST_F(mailbox_api_test, a_mailbox_is_found_in_any_case_and_an_unknown_one_is_empty)
{
    send("Carol@Gmail.com");
    EXPECT_EQ(mails("CAROL%40gmail.com").size(), 1u);
    EXPECT_EQ(mails("nobody@example.org"), json::array());
}

TEST_F(mailbox_api_test, the_newest_mail_stands_first)
{
    send();
    send("carol@gmail.com", "Subject: second\r\n\r\n");
    EXPECT_EQ(mails().at(0)["subject"], "second");
    EXPECT_EQ(get(carols + "?limit=1").size(), 1u);
    EXPECT_EQ(get(carols + "?after=1").size(), 1u);
    EXPECT_EQ(get(carols + "?after=2"), json::array());
}

TEST_F(mailbox_api_test, a_long_mailbox_has_pages)
{
    for (int sent = 0; sent < 5; ++sent)
        send();
    std::string page = carols + "?after=1&limit=2";
    std::vector<std::string> ids;
    for (int pages = 1;; ++pages) {
        const auto answer = ask("GET", page);
        for (const json& mail : json::parse(answer.body))
            ids.push_back(mail["id"]);
        if (!answer.headers.contains("link")) {
            EXPECT_EQ(pages, 2);
            break;
        }
        const std::string& link = answer.headers.at("link");
        ASSERT_TRUE(link.starts_with("<?") && link.ends_with(">; rel=\"next\"")) << link;
        page = carols + link.substr(1, link.find('>') - 1);
    }
    EXPECT_EQ(ids, (std::vector<std::string>{"5", "4", "3", "2"}));
}

TEST_F(mailbox_api_test, what_a_client_cannot_open_any_more_is_not_told_from_memory)
{
    namespace samples = encryptor::tests;
    folder_.write("authority.pem", samples::authority().certificate_pem);
    folder_.write(
        "carol@gmail.com.pem", samples::recipient().certificate_pem + samples::recipient().key_pem);
    send(
        "carol@gmail.com",
        "Subject: secret\r\n" + samples::written(samples::plain_entity, samples::recipient()));
    for (int asked = 0; asked < 2; ++asked)
        EXPECT_EQ(mails().at(0)["text"], "Hello\r\n");
    std::filesystem::remove(folder_.path() / "carol@gmail.com.pem");
    EXPECT_NE(mails().at(0)["text"], "Hello\r\n");
}

TEST_F(mailbox_api_test, raw_is_the_mail_byte_for_byte)
{
    const std::string odd = "Subject: x\r\n\r\n.dot\r\n..\r\n\xff\xfe\r\n";
    send("carol@gmail.com", odd);
    EXPECT_EQ(ask("GET", carols + "/1/raw").body, odd);
}

TEST_F(mailbox_api_test, an_attachment_comes_as_it_was_sent)
{
    send(
        "carol@gmail.com",
        "Subject: file\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
        "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename*=UTF-8''%C3%9Cber.bin\r\n\r\nAP8K\r\n--b--\r\n");
    const json file = mails().at(0)["attachments"].at(0);
    EXPECT_EQ(file["name"], "Über.bin");
    EXPECT_EQ(file["size"], 3);
    EXPECT_EQ(file["sha256"].get<std::string>().size(), 64u);
    const auto answer = ask("GET", carols + "/1/attachments/0");
    EXPECT_EQ(answer.body, std::string("\0\xff\n", 3));
    EXPECT_EQ(
        answer.headers.at("content-disposition"), "attachment; filename*=UTF-8''%C3%9Cber.bin");
    EXPECT_EQ(ask("GET", carols + "/1/attachments/1").status, 404u);
}

TEST_F(mailbox_api_test, what_is_not_there_is_404)
{
    send();
    for (const char* id : {"2", "0", "x", "-1", "99999999999999999999"})
        EXPECT_EQ(ask("GET", carols + "/" + id).status, 404u) << id;
    EXPECT_EQ(ask("GET", "/api/mailboxes/dave@example.org/messages/1").status, 404u);
    EXPECT_EQ(ask("DELETE", carols + "/7").status, 404u);
}

TEST_F(mailbox_api_test, deleted_mail_is_gone_and_its_id_is_never_given_again)
{
    send();
    EXPECT_EQ(ask("DELETE", carols + "/1").status, 204u);
    EXPECT_EQ(mails(), json::array());
    send();
    EXPECT_EQ(mails().at(0)["id"], "2");
    EXPECT_EQ(ask("DELETE", carols).status, 204u);
    EXPECT_EQ(get("/api/mailboxes"), json::array());
}

TEST_F(mailbox_api_test, a_long_poll_ends_with_the_mail)
{
    send();
    std::optional<service::http_answer> answer;
    boost::asio::co_spawn(
        loop_.io,
        call("GET", carols + "?after=1&wait=8"),
        [&](const std::exception_ptr&, service::http_answer got) { answer = std::move(got); });
    send("dave@example.org");
    EXPECT_FALSE(answer) << "another mailbox's mail is no news";
    send("carol@gmail.com", "Subject: news\r\n\r\n");
    loop_.wait_for([&] { return answer.has_value(); });
    const json fresh = json::parse(answer->body);
    ASSERT_EQ(fresh.size(), 1u);
    EXPECT_EQ(fresh[0]["subject"], "news");
}

TEST_F(mailbox_api_test, a_long_poll_ends_without_mail_when_its_time_is_over)
{
    EXPECT_EQ(get(carols + "?wait=1"), json::array());
}

TEST_F(mailbox_api_test, wrong_parameters_are_refused)
{
    for (const char* query :
         {"?wait=61", "?wait=x", "?after=-1", "?limit=0", "?limit=201", "?cursor=0"})
        EXPECT_EQ(ask("GET", carols + query).status, 400u) << query;
}

TEST_F(mailbox_api_test, a_fault_happens_as_often_as_it_says)
{
    const auto set = ask("PUT", "/api/faults", R"([{"address":"carol@gmail.com","stage":"rcpt",
        "code":451,"enhanced":"4.2.0","text":"Come back later","count":1}])");
    EXPECT_EQ(set.status, 200u) << set.body;
    const auto reply = send();
    EXPECT_EQ(reply.code, 451);
    EXPECT_EQ(reply.enhanced, "4.2.0");
    EXPECT_EQ(send().code, 250);
    EXPECT_EQ(get("/api/faults"), json::array());
    EXPECT_EQ(mails().size(), 1u);
}

TEST_F(mailbox_api_test, faults_hit_their_stage_and_address_alone)
{
    ask("PUT", "/api/faults", R"([{"address":"*","stage":"data","code":554}])");
    EXPECT_EQ(send().code, 554);
    ask("PUT", "/api/faults", R"([{"address":"ann@contoso.com","stage":"mail","code":550}])");
    EXPECT_EQ(send().code, 550);
    EXPECT_EQ(send("carol@gmail.com", "Subject: x\r\n\r\n", "bob@contoso.com").code, 250);
    EXPECT_EQ(ask("DELETE", "/api/faults").status, 204u);
    EXPECT_EQ(send().code, 250);
    EXPECT_EQ(mails().size(), 2u);
}

TEST_F(mailbox_api_test, a_cut_connection_leaves_nothing_behind)
{
    ask("PUT", "/api/faults", R"([{"stage":"data","disconnect":true,"count":1}])");
    EXPECT_EQ(send().code, 0);
    EXPECT_EQ(mails(), json::array());
    EXPECT_EQ(send().code, 250);
}

TEST_F(mailbox_api_test, a_delay_alone_ends_well)
{
    ask("PUT", "/api/faults", R"([{"stage":"rcpt","delay_ms":50}])");
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(send().code, 250);
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{50});
}

TEST_F(mailbox_api_test, a_wrong_script_changes_nothing)
{
    ask("PUT", "/api/faults", R"([{"stage":"rcpt","code":451}])");
    for (const char* body :
         {"{}",
          "[{}]",
          "[7]",
          R"([{"code":250}])",
          R"([{"stage":"x","code":451}])",
          R"([{"code":451,"text":"two\r\nlines"}])",
          R"([{"code":451,"kode":1}])",
          R"([{"address":"nobody","code":451}])",
          R"([{"delay_ms":900000}])"})
        EXPECT_EQ(ask("PUT", "/api/faults", body).status, 422u) << body;
    EXPECT_EQ(get("/api/faults").size(), 1u);
}

} // namespace
