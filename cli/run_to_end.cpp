#include "cli/run_to_end.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

namespace cli {

namespace asio = boost::asio;

int run_to_end(const std::function<asio::awaitable<int>()>& conversation)
{
    asio::io_context context(1);
    std::exception_ptr thrown;
    int code = 1;
    // What is spawned outlives its first suspension, and so does `conversation`.
    asio::co_spawn(context, conversation(), [&](std::exception_ptr error, int result) {
        thrown = error;
        code = result;
        context.stop();
    });
    context.run();
    if (thrown)
        std::rethrow_exception(thrown);
    return code;
}

} // namespace cli
