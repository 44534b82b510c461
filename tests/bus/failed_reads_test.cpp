#include "bus/failed_reads.hpp"
#include "service/log.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <vector>

namespace bus {
namespace {

const refusal unreadable{wire_error::disk, "cannot read"};

class the_failed_reads : public testing::Test {
protected:
    the_failed_reads() { testing::internal::CaptureStderr(); }
    ~the_failed_reads() override { testing::internal::GetCapturedStderr(); }

    /// Lines since the last time, each as "event reason reads".
    std::vector<std::string> told()
    {
        std::istringstream said{testing::internal::GetCapturedStderr()};
        testing::internal::CaptureStderr();
        std::vector<std::string> lines;
        for (std::string line; std::getline(said, line);) {
            const auto fields = nlohmann::json::parse(line);
            lines.push_back(
                fields["event"].get<std::string>() + " " + fields["reason"].get<std::string>() +
                " " + std::to_string(fields["reads"].get<int>()));
        }
        return lines;
    }

    using lines = std::vector<std::string>;
    service::log log{"test", service::severity::error};
    failed_reads failed{log};
    failed_reads::time_point now{std::chrono::hours{1}};
};

TEST_F(the_failed_reads, have_a_line_once_in_a_while_and_are_all_counted)
{
    for (int number = 0; number < 1000; ++number)
        failed.note(unreadable, now);
    EXPECT_EQ(told(), lines{"bus.read_failed cannot read 1"}) << "the first at once";
    failed.note({wire_error::disk, "still not"}, now);
    failed.tell_due(now);
    EXPECT_EQ(told(), lines{}) << "the others when it is time";
    now += seldom_told::between_lines;
    failed.tell_due(now);
    EXPECT_EQ(told(), lines{"bus.read_failed still not 1000"});
}

TEST_F(the_failed_reads, do_not_hide_that_the_log_is_damaged)
{
    failed.note(unreadable, now);
    failed.note({wire_error::damaged, "event 4 is missing"}, now);
    EXPECT_EQ(
        told(), (lines{"bus.read_failed cannot read 1", "bus.log_damaged event 4 is missing 1"}));
}

} // namespace
} // namespace bus
