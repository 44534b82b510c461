#include "simulator/mailboxes/smtp_faults.hpp"

#include <gtest/gtest.h>

using simulator::fault_script;
using simulator::smtp_fault;
using simulator::smtp_stage;

namespace {

smtp_fault fault(std::string address, smtp_stage stage, int code, std::uint64_t count)
{
    smtp_fault made;
    made.address = std::move(address);
    made.stage = stage;
    made.code = code;
    made.count = count;
    return made;
}

TEST(smtp_faults, all_goes_well_without_a_script)
{
    fault_script script;
    EXPECT_FALSE(script.take(smtp_stage::mail, {"a@x.example"}));
}

TEST(smtp_faults, the_first_that_fits_happens)
{
    fault_script script;
    script.replace(
        {fault("b@x.example", smtp_stage::rcpt, 451, 0), fault("*", smtp_stage::rcpt, 550, 0)});
    EXPECT_EQ(script.take(smtp_stage::rcpt, {"b@x.example"})->code, 451);
    EXPECT_EQ(script.take(smtp_stage::rcpt, {"a@x.example"})->code, 550);
    EXPECT_FALSE(script.take(smtp_stage::data, {"a@x.example"}));
}

TEST(smtp_faults, a_count_runs_down_and_zero_never_ends)
{
    fault_script script;
    script.replace({fault("*", smtp_stage::mail, 451, 2), fault("*", smtp_stage::mail, 452, 0)});
    EXPECT_EQ(script.take(smtp_stage::mail, {})->code, 451);
    EXPECT_EQ(script.faults().front().count, 1u);
    EXPECT_EQ(script.take(smtp_stage::mail, {})->code, 451);
    for (int again = 0; again < 5; ++again)
        EXPECT_EQ(script.take(smtp_stage::mail, {})->code, 452);
    EXPECT_EQ(script.faults().size(), 1u);
}

TEST(smtp_faults, at_data_any_recipient_counts)
{
    fault_script script;
    script.replace({fault("b@x.example", smtp_stage::data, 451, 0)});
    EXPECT_TRUE(script.take(smtp_stage::data, {"a@x.example", "b@x.example"}));
    EXPECT_FALSE(script.take(smtp_stage::data, {"a@x.example"}));
}

TEST(smtp_faults, stages_have_names)
{
    for (const auto stage : {smtp_stage::mail, smtp_stage::rcpt, smtp_stage::data})
        EXPECT_EQ(simulator::parse_stage(to_text(stage)), stage);
    EXPECT_FALSE(simulator::parse_stage("ehlo"));
}

} // namespace
