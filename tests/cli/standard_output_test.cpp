#include "played_pipeline.hpp"

#include <fcntl.h>
#include <functional>
#include <iostream>
#include <stdio_ext.h>
#include <unistd.h>

namespace {

using cli_test::ran;

/// Runs a command while standard output is something else.
ran with_output(const std::function<void()>& replace, std::vector<std::string> arguments)
{
    std::cout.flush();
    const int kept = ::dup(STDOUT_FILENO);
    testing::internal::CaptureStderr();
    replace();
    arguments.insert(arguments.begin(), "sealpost");
    std::vector<char*> pointers;
    pointers.reserve(arguments.size());
    for (std::string& argument : arguments)
        pointers.push_back(argument.data());
    ran result;
    result.code = cli::run(static_cast<int>(pointers.size()), pointers.data());
    result.err = testing::internal::GetCapturedStderr();
    ::__fpurge(stdout);
    std::cout.clear();
    ::dup2(kept, STDOUT_FILENO);
    ::close(kept);
    return result;
}

void full_disk()
{
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    ::dup2(full, STDOUT_FILENO);
    ::close(full);
}

void nothing_at_all()
{
    ::close(STDOUT_FILENO);
}

class standard_output : public testing::Test {
protected:
    std::vector<std::string> on_the_pipeline(std::vector<std::string> command) const
    {
        command.insert(command.begin(), {"--state", pipeline_.state().root().string()});
        return command;
    }

    cli_test::played_pipeline pipeline_;
    mail::test::story story_;
};

TEST_F(standard_output, that_takes_nothing_is_a_failure_of_every_command)
{
    story_.accept({"carol@gmail.com"});
    pipeline_.append(story_);
    const std::vector<std::vector<std::string>> commands = {
        {"--version"},
        {"head"},
        {"head", "--json"},
        {"verify", "--json"},
        {"status", "<1@example.com>", "--at", "1"},
        {"events"},
        {"events", "--follow"},
        {"events", "export"},
        {"events", "tail"},
        {"events", "tail", "-f"}};
    for (const std::vector<std::string>& command : commands) {
        const ran lost = with_output(full_disk, on_the_pipeline(command));
        EXPECT_EQ(lost.code, 1) << command[0];
        EXPECT_EQ(lost.err, "sealpost: cannot write to standard output: No space left on device\n");
    }
    EXPECT_EQ(pipeline_.run({"head", "--json"}).code, 0) << "where it is taken";
}

TEST_F(standard_output, that_is_closed_is_no_other_file)
{
    story_.accept({"carol@gmail.com"});
    pipeline_.append(story_);
    for (const std::string command : {"head", "verify", "events"}) {
        const ran lost = with_output(nothing_at_all, on_the_pipeline({command}));
        EXPECT_EQ(lost.code, 1) << command;
        EXPECT_EQ(lost.err, "sealpost: cannot write to standard output: Bad file descriptor\n");
    }
    EXPECT_NE(pipeline_.run({"verify", "--json"}).out.find(R"("fault":null)"), std::string::npos);
}

} // namespace
