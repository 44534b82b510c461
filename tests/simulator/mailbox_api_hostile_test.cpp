#include "simulator/mailboxes/mailbox_api.hpp"
#include "tests/simulator/outside_world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

using nlohmann::json;
using simulator::test::outside_world;

namespace {

/// One mail is there, and stays what it is whatever is asked.
class hostile_caller : public outside_world {
protected:
    hostile_caller() { send(); }
    void expect_no_harm()
    {
        EXPECT_EQ(
            get("/api/mailboxes"), json::parse(R"([{"address":"carol@gmail.com","messages":1}])"));
        EXPECT_EQ(get("/api/faults"), json::array());
    }
    /// The status of what a peer gets that says exactly this.
    std::string status_of(std::string_view said)
    {
        raw_client peer = http_peer();
        peer.say(said);
        const std::string heard = peer.hear_until("\r\n");
        return heard.size() < 12 ? heard : heard.substr(9, 3);
    }

    const std::string carols = "/api/mailboxes/carol@gmail.com/messages";
};

TEST_F(hostile_caller, no_name_leads_out_of_its_mailbox)
{
    const std::vector<std::pair<std::string, unsigned>> paths{
        {"/api/mailboxes/../../etc/passwd", 400},
        {"/api/mailboxes/%2e%2e/messages", 400},
        {"/api/mailboxes/..%2f..%2fetc%2fpasswd/messages", 400},
        {"/api/mailboxes/..%5c..%5cboot.ini/messages", 400},
        {"/api/mailboxes/carol@gmail.com%00x/messages", 400},
        {"/api/mailboxes/carol%ff@gmail.com/messages", 400},
        {"/api/mailboxes//messages", 404},
        {"/api/mailboxes/dave@x.example/messages/1", 404},
        {"/api/mailboxes/dave@x.example/messages/1/raw", 404},
        {"/api/mailboxes/*/messages/1", 404},
        {"/api/mailboxes/%25/messages/1", 404},
        {carols + "/1%2f..%2f2", 400},
        {carols + "/1%2fraw", 404},
        {carols + "/1;raw", 404},
        {carols + "/0x1", 404},
        {carols + "/+1", 404},
        {carols + "/%201", 404},
        {carols + "/1%20", 404},
        {carols + "/1/attachments/-1", 404},
        {carols + "/1/attachments/18446744073709551616", 404},
        {carols + "/1/attachments/9223372036854775807", 404},
        {"/mailboxes/..%2f..%2fetc%2fpasswd", 400},
        {"/mailboxes/carol@gmail.com/..", 400},
        {"/mailboxes/dave@x.example/1", 404},
        {"/../mailboxes.db", 400},
        {"/mailboxes.db", 404},
    };
    for (const auto& [path, status] : paths)
        EXPECT_EQ(ask("GET", path).status, status) << path;
    expect_no_harm();
}

TEST_F(hostile_caller, a_name_is_never_part_of_a_query)
{
    for (const std::string name :
         {"%27%20OR%201=1%20--", "%25", "_arol@gmail.com", "*", "%22%22"}) {
        EXPECT_EQ(ask("GET", "/api/mailboxes/" + name + "/messages").body, "[]") << name;
        EXPECT_EQ(ask("DELETE", "/api/mailboxes/" + name + "/messages").status, 204u) << name;
        EXPECT_EQ(ask("DELETE", "/api/mailboxes/" + name + "/messages/1").status, 404u) << name;
    }
    expect_no_harm();
}

TEST_F(hostile_caller, unknown_methods_change_nothing_and_known_ones_are_named)
{
    const auto answer = ask("PATCH", carols);
    EXPECT_EQ(answer.status, 405u);
    EXPECT_EQ(answer.headers.at("allow"), "DELETE, GET, HEAD");
    EXPECT_EQ(ask("DELETE", "/api/mailboxes").status, 405u);
    EXPECT_EQ(ask("POST", "/api/faults", "[]").status, 405u);
    EXPECT_EQ(status_of("BREW / HTTP/1.1\r\nHost: x\r\n\r\n"), "501");
    EXPECT_EQ(status_of("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n"), "501");
    expect_no_harm();
}

TEST_F(hostile_caller, oversized_heads_and_bodies_are_refused_as_they_arrive)
{
    EXPECT_EQ(status_of("GET /api/mailboxes/" + std::string(9000, 'a')), "414");
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(17'000, 'a')), "431");
    const std::string put = "PUT /api/faults HTTP/1.1\r\nHost: x\r\n";
    EXPECT_EQ(status_of(put + "Content-Length: 65537\r\n\r\n"), "413");
    EXPECT_EQ(status_of(put + "Content-Length: 99999999999999999999\r\n\r\n"), "400");
    EXPECT_EQ(
        status_of(put + "Transfer-Encoding: chunked\r\n\r\n10001\r\n" + std::string(65'537, ' ')),
        "413");
    expect_no_harm();
}

TEST_F(hostile_caller, what_is_no_http_is_refused)
{
    EXPECT_EQ(status_of(std::string("\x16\x03\x01\0\xff\r\n\r\n", 9)), "400");
    const std::string other = status_of("EHLO client.test\r\nMAIL FROM:<a@b.org>\r\n\r\n");
    EXPECT_TRUE(other == "400" || other == "501" || other == "505") << other;
    EXPECT_EQ(status_of("GET / HTTP/1.1\nHost: x\n\n"), "400");
    EXPECT_EQ(
        status_of("PUT /api/faults HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        "400");
    expect_no_harm();
}

TEST_F(hostile_caller, a_script_of_faults_is_read_whole_or_not_at_all)
{
    const std::string good = R"({"stage":"rcpt","code":451})";
    std::string many = "[" + good;
    for (int count = 0; count < 1000; ++count)
        many += "," + good;
    const std::vector<std::string> refused{
        "",
        "null",
        "[" + good + ",",
        many + "]",
        std::string(60'000, '['),
        std::string(30'000, '[') + std::string(30'000, ']'),
        "[" + good + R"(,{"code":451,"text":")" + "\xff" + R"("}])",
        R"([{"code":451,"count":18446744073709551615}])",
        R"([{"code":451,"count":-1}])",
        R"([{"code":451.5}])",
        R"([{"code":"451"}])",
        R"([{"code":1e400}])",
        R"([{"code":451,"disconnect":1}])",
        R"([{"code":451,"address":"carol@gmail.com\u0000"}])",
        R"([{"code":451,"enhanced":"4.0.0\r\n250 fine"}])",
        R"([{"code":451,"":1}])"};
    for (const std::string& body : refused) {
        const auto answer = ask("PUT", "/api/faults", body);
        EXPECT_EQ(answer.status, 422u) << body.substr(0, 80);
        EXPECT_TRUE(json::accept(answer.body)) << answer.body;
    }
    expect_no_harm();
}

TEST_F(hostile_caller, the_name_of_a_file_puts_nothing_into_the_head)
{
    send(
        "dave@x.example",
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\n\r\ntext\r\n--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment;\r\n"
        " filename*=UTF-8''x%0D%0ASet-Cookie%3A%20a%3Db%22\r\n\r\n<script>1</script>\r\n--b--\r\n");
    const auto answer = ask("GET", "/api/mailboxes/dave@x.example/messages/2/attachments/0");
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(answer.headers.count("set-cookie"), 0u);
    EXPECT_EQ(answer.headers.at("content-type"), "application/octet-stream");
    EXPECT_TRUE(answer.headers.at("content-disposition").starts_with("attachment; filename*="));
}

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

/// The most memory that this process had since it was last forgotten, in octets.
std::size_t most_memory()
{
    std::ifstream status{"/proc/self/status"};
    std::string word;
    std::size_t kibioctets = 0;
    while (status >> word)
        if (word == "VmHWM:")
            status >> kibioctets;
    return kibioctets * 1024;
}

void forget_most_memory()
{
    std::ofstream{"/proc/self/clear_refs"} << "5";
}

TEST_F(hostile_caller, a_list_of_large_mails_takes_the_memory_of_one)
{
    constexpr std::size_t mails = 24;
    constexpr std::size_t octets = 3 * 1024 * 1024;
    std::string large = "Subject: large\r\nMIME-Version: 1.0\r\n"
                        "Content-Type: application/octet-stream\r\n"
                        "Content-Disposition: attachment; filename=x\r\n\r\n";
    while (large.size() < octets)
        large += std::string(76, 'x') + "\r\n";
    for (std::size_t count = 0; count < mails; ++count)
        store_.keep({simulator::test::mailbox("dave@x.example")}, {}, 0, large);
    forget_most_memory();
    const std::size_t before = most_memory();
    EXPECT_EQ(get("/api/mailboxes/dave@x.example/messages").size(), mails);
    EXPECT_EQ(ask("GET", "/mailboxes/dave@x.example").status, 200u);
    EXPECT_LT(most_memory() - before, mails * octets / 2);
}

#endif

TEST_F(hostile_caller, who_waits_for_mail_and_leaves_disturbs_nobody)
{
    for (int count = 0; count < 50; ++count) {
        raw_client peer = http_peer();
        peer.say("GET " + carols + "?after=1&wait=60 HTTP/1.1\r\nHost: x\r\n\r\n");
        loop_.settle();
        peer.peer().abort();
    }
    raw_client half = http_peer();
    half.say("PUT /api/faults HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[");
    expect_no_harm();
    send();
    EXPECT_EQ(mails().size(), 2u);
}

} // namespace
