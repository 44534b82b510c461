#include "service/forked_work.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace service {
namespace asio = boost::asio;

namespace {

constexpr int least_urgent = 10;

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(errno, std::system_category(), what);
}

/// Lets nothing interrupt: a handler of this process would write to what it no longer has open.
class blocked_signals {
public:
    blocked_signals()
    {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~blocked_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    blocked_signals(const blocked_signals&) = delete;
    blocked_signals& operator=(const blocked_signals&) = delete;

private:
    sigset_t before_{};
};

/// What a copy does from its first moment to its last. Connections must close when the process
/// closes them, so the copy keeps none.
[[noreturn]] void work_and_exit(const std::function<void()>& work, int report, pid_t original)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const bool alone = ::getppid() != original;
    if (alone || ::dup2(report, STDIN_FILENO) < 0 || ::close_range(STDERR_FILENO + 1, ~0U, 0) != 0)
        ::_exit(EXIT_FAILURE);
    ::setpriority(PRIO_PROCESS, 0, least_urgent);
    std::string failure;
    try {
        work();
    } catch (const std::exception& thrown) {
        failure = thrown.what();
    }
    const bool told = ::write(STDIN_FILENO, failure.data(), failure.size()) >= 0;
    ::_exit(told && failure.empty() ? EXIT_SUCCESS : EXIT_FAILURE);
}

} // namespace

forked_work::forked_work(const asio::any_io_executor& executor, const std::function<void()>& work)
    : report_(executor)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        fail("cannot make a pipe");
    report_.assign(ends[0]);
    const pid_t original = ::getpid();
    {
        const blocked_signals quiet;
        copy_ = ::fork();
        if (copy_ == 0)
            work_and_exit(work, ends[1], original);
    }
    const int reason = errno;
    ::close(ends[1]);
    errno = reason;
    if (copy_ < 0)
        fail("cannot make a copy of the process");
}

forked_work::~forked_work()
{
    if (copy_ <= 0)
        return;
    ::kill(copy_, SIGKILL);
    ::waitpid(copy_, nullptr, 0);
}

asio::awaitable<std::string> forked_work::ended()
{
    std::string failure;
    boost::system::error_code at_end;
    auto buffer = asio::dynamic_buffer(failure, 4096);
    co_await asio::async_read(report_, buffer, asio::redirect_error(asio::use_awaitable, at_end));
    if (at_end == asio::error::operation_aborted)
        throw boost::system::system_error(at_end);
    int status = 0;
    ::waitpid(std::exchange(copy_, -1), &status, 0);
    if (status != 0 && failure.empty())
        failure = "the copy of the process ended with status " + std::to_string(status);
    co_return failure;
}

} // namespace service
