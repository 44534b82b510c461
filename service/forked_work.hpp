#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>
#include <string>
#include <sys/types.h>

namespace service {

/// Work on the memory as it is now, done by a copy of this process while the process goes on: for
/// what takes long and reads a lot. The copy has no descriptors but standard output and error, no
/// threads and no signals; it ends with this process at the latest.
class forked_work {
public:
    /// `work` may read everything, and write only to files that it opens itself. Throws
    /// std::system_error when no copy can be made.
    forked_work(const boost::asio::any_io_executor& executor, const std::function<void()>& work);
    /// Kills the copy when it is still at work.
    ~forked_work();
    forked_work(const forked_work&) = delete;
    forked_work& operator=(const forked_work&) = delete;

    /// What went wrong; empty: the work is done.
    boost::asio::awaitable<std::string> ended();

private:
    boost::asio::posix::stream_descriptor report_;
    pid_t copy_ = -1;
};

} // namespace service
