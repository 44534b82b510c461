#include "cli/child_process.hpp"

#include "cli/failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <fstream>
#include <string_view>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <unistd.h>

extern char** environ;

namespace cli {

namespace {

constexpr int first_handed_down = 3; ///< as sd_listen_fds(3) has it
constexpr int exec_failed = 127;
constexpr std::string_view listen_pid = "LISTEN_PID=0000000000";

/// Everything that exec needs, made before the fork: between fork and exec nothing may allocate.
class exec_image {
public:
    explicit exec_image(const child_program& program) : executable_(program.executable.string())
    {
        arguments_ = {executable_};
        arguments_.insert(arguments_.end(), program.arguments.begin(), program.arguments.end());
        copy_environment();
        add_sockets(program);
        for (std::string& argument : arguments_)
            argument_pointers_.push_back(argument.data());
        argument_pointers_.push_back(nullptr);
        for (std::string& variable : environment_)
            environment_pointers_.push_back(variable.data());
        environment_pointers_.push_back(nullptr);
    }

    /// In the child only: async-signal-safe.
    [[noreturn]] void run(pid_t parent, int log)
    {
        // Signals wait since before the fork: our handlers would swallow them here.
        reset_handlers();
        die_with(parent);
        ::setpgid(0, 0);
        if (::dup2(log, STDOUT_FILENO) < 0 || ::dup2(log, STDERR_FILENO) < 0 || !place_sockets())
            ::_exit(exec_failed);
        write_pid();
        let_signals_in();
        ::execve(executable_.c_str(), argument_pointers_.data(), environment_pointers_.data());
        ::_exit(exec_failed);
    }

private:
    void copy_environment()
    {
        for (char** variable = environ; *variable != nullptr; ++variable)
            if (std::string_view(*variable).substr(0, 7) != "LISTEN_")
                environment_.emplace_back(*variable);
    }

    void add_sockets(const child_program& program)
    {
        if (program.sockets.empty())
            return;
        std::string names;
        for (const auto& [name, descriptor] : program.sockets) {
            names += (names.empty() ? "" : ":") + name;
            sockets_.push_back(descriptor);
        }
        moved_.resize(sockets_.size());
        environment_.push_back("LISTEN_FDS=" + std::to_string(sockets_.size()));
        environment_.push_back("LISTEN_FDNAMES=" + names);
        environment_.emplace_back(listen_pid);
        pid_variable_ = environment_.size() - 1;
    }

    static void die_with(pid_t parent)
    {
#ifdef __linux__
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
        // The parent may have died before the kernel knew of our wish.
        if (::getppid() != parent)
            ::_exit(exec_failed);
    }

    /// First out of the way, then to 3, 4, …: the numbers may overlap.
    bool place_sockets()
    {
        const int count = static_cast<int>(sockets_.size());
        for (int index = 0; index < count; ++index) {
            moved_[index] = ::fcntl(sockets_[index], F_DUPFD_CLOEXEC, first_handed_down + count);
            if (moved_[index] < 0)
                return false;
        }
        for (int index = 0; index < count; ++index)
            if (::dup2(moved_[index], first_handed_down + index) < 0)
                return false;
        return true;
    }

    /// LISTEN_PID is known after the fork only; its digits replace the zeros.
    void write_pid()
    {
        if (pid_variable_ == 0)
            return;
        std::array<char, listen_pid.size()> digits;
        std::size_t count = 0;
        for (pid_t rest = ::getpid(); rest > 0 && count < digits.size(); rest /= 10)
            digits[count++] = static_cast<char>('0' + rest % 10);
        char* at = environment_pointers_[pid_variable_] + listen_pid.find('=') + 1;
        while (count > 0)
            *at++ = digits[--count];
        *at = '\0';
    }

    static void reset_handlers()
    {
        for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGCHLD, SIGHUP, SIGUSR1})
            std::signal(number, SIG_DFL);
    }

    static void let_signals_in()
    {
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
    }

    std::string executable_;
    std::vector<std::string> arguments_;
    std::vector<std::string> environment_;
    std::vector<char*> argument_pointers_;
    std::vector<char*> environment_pointers_;
    std::vector<int> sockets_;
    std::vector<int> moved_;
    std::size_t pid_variable_ = 0;
};

} // namespace

pid_t start_child(const child_program& program)
{
    if (::access(program.executable.c_str(), X_OK) != 0)
        throw failure(
            "cannot run " + program.executable.string() + ": " + std::strerror(errno) +
            "; build it, or install it beside sealpost");
    const int log =
        ::open(program.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0)
        throw failure("cannot open " + program.log_file.string() + ": " + std::strerror(errno));
    exec_image image(program);
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, &before);
    const pid_t self = ::getpid();
    const pid_t child = ::fork();
    if (child == 0)
        image.run(self, log);
    const int reason = errno;
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    ::close(log);
    if (child < 0)
        throw failure("cannot start " + program.name + ": " + std::strerror(reason));
    return child;
}

std::string last_lines(const std::filesystem::path& log_file, std::size_t count)
{
    std::ifstream stream(log_file);
    std::deque<std::string> kept;
    for (std::string line; std::getline(stream, line);) {
        kept.push_back(line);
        if (kept.size() > count)
            kept.pop_front();
    }
    std::string text;
    for (const std::string& line : kept)
        text += line + "\n";
    return text;
}

} // namespace cli
