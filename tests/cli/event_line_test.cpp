#include "cli/event_line.hpp"
#include "cli/failure.hpp"
#include "stored_story.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

using cli::event_line;
using cli::read_event_line;

bus::stored_event sample(const std::string& payload)
{
    bus::stored_event event;
    event.seq = 7;
    event.time = 1700000000000;
    event.prev[0] = 0xab;
    event.payload = payload;
    return event;
}

std::string refusal(const std::string& line)
{
    try {
        read_event_line(line);
    } catch (const cli::failure& wrong) {
        return wrong.what();
    }
    return "none";
}

TEST(event_line, holds_the_payload_byte_for_byte)
{
    const bus::stored_event event = sample(R"({"z":1,  "a":"ü"})");
    const std::string line = event_line(event);
    EXPECT_EQ(line.substr(0, 42), "{\"seq\":7,\"time\":1700000000000,\"prev\":\"ab00");
    EXPECT_TRUE(line.ends_with(",\"event\":" + event.payload + "}")) << line;
}

TEST(event_line, stays_one_line_of_json_whatever_the_payload_is)
{
    for (const std::string payload : {"no json", "{\n}", "", "\xff", "[1]", "\"id\"", "null"}) {
        const std::string line = event_line(sample(payload));
        EXPECT_TRUE(nlohmann::json::accept(line)) << line;
        EXPECT_EQ(line.find('\n'), std::string::npos);
    }
}

TEST(event_line, gives_the_very_event_back)
{
    std::vector<bus::stored_event> events = cli_test::stored(cli_test::eventful_story());
    const std::string deep = std::string(2000, '[') + std::string(2000, ']');
    for (const std::string& payload :
         {std::string("no json"),
          std::string("{\n}"),
          std::string(),
          std::string("\0\xff\xfe", 3),
          std::string(R"({"id":"other","type":"another"})"),
          std::string(R"({"id":5,"type":{"id":"inner"}})"),
          std::string(R"([{"id":"a"}])"),
          std::string("1e999"),
          deep}) {
        bus::stored_event event = sample(payload);
        event.id = "an\"id\\";
        event.type = "a.type";
        events.push_back(event);
    }
    for (const bus::stored_event& event : events) {
        const bus::stored_event again = read_event_line(event_line(event));
        EXPECT_EQ(again.seq, event.seq);
        EXPECT_EQ(again.time, event.time);
        EXPECT_EQ(again.id, event.id);
        EXPECT_EQ(again.type, event.type);
        EXPECT_EQ(again.payload, event.payload);
        EXPECT_EQ(again.prev, event.prev);
    }
}

TEST(event_line, names_id_and_type_only_where_the_payload_does_not)
{
    const bus::stored_event usual = cli_test::stored(cli_test::eventful_story())[0];
    EXPECT_GT(event_line(usual).find("\"id\""), event_line(usual).find("\"event\""));
    bus::stored_event other = usual;
    other.type = "something.else";
    EXPECT_NE(
        event_line(other).find("\",\"id\":\"event-1\",\"type\":\"something.else\",\"event\":"),
        std::string::npos);
}

TEST(event_line, is_taken_only_as_it_was_written)
{
    const std::string line = event_line(cli_test::stored(cli_test::eventful_story())[1]);
    ASSERT_EQ(refusal(line), "none");
    for (const std::string& wrong :
         {std::string(),
          std::string("{}"),
          " " + line,
          line + " ",
          line.substr(0, line.size() - 1),
          line.substr(0, 60),
          "{\"seq\":01" + line.substr(8),
          "{\"seq\":-1" + line.substr(8),
          "{\"seq\":99999999999999999999" + line.substr(8),
          std::string(R"({"seq":1,"time":1,"prev":"AB","event":{}})"),
          std::string(R"({"seq":1,"time":1,"prev":"")") + std::string(64, 'A') + R"(","event":{}})",
          R"({"seq":1,"time":1,"prev":")" + std::string(64, '0') + R"(","octets":"####"})",
          R"({"seq":1,"time":1,"prev":")" + std::string(64, '0') + R"(","octets":"QQ=="}})",
          R"({"seq":1,"time":1,"prev":")" + std::string(64, '0') + R"(","id":"a","event":{}})",
          R"({"seq":1,"time":1,"prev":")" + std::string(64, '0') + R"(","event":{}{}})"})
        EXPECT_NE(refusal(wrong), "none") << wrong;
}

} // namespace
