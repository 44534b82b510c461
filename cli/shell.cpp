#include "cli/shell.hpp"

#include "cli/admin_client.hpp"
#include "cli/cmdlets.hpp"
#include "cli/run_to_end.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <iterator>
#include <unistd.h>

namespace cli {

namespace asio = boost::asio;

namespace {

std::string path_of(const std::string& message_id)
{
    return "/v1/messages/" + percent_encoded(message_id);
}

asio::awaitable<int> fetch(admin_client& admin, std::string path, nlohmann::json& into)
{
    into = co_await admin.get(std::move(path));
    co_return 0;
}

asio::awaitable<int> submit(admin_client& admin, std::string path)
{
    co_await admin.post(std::move(path), "{}");
    co_return 0;
}

cmdlet_backend backend_over(admin_client& admin)
{
    cmdlet_backend backend;
    backend.status = [&admin](const std::string& message_id) {
        nlohmann::json message;
        run_to_end([&] { return fetch(admin, path_of(message_id), message); });
        return message;
    };
    backend.set_revocation = [&admin](const std::string& message_id, bool revoke) {
        const std::string path = path_of(message_id) + (revoke ? "/revoke" : "/restore");
        run_to_end([&] { return submit(admin, path); });
    };
    return backend;
}

bool is_word(const cmdlet_pipeline& pipeline, std::string_view word)
{
    return pipeline.size() == 1 && pipeline.front().arguments.empty() &&
           same_name(pipeline.front().name, word);
}

enum class outcome { good, failed, leave };

outcome run_one(const cmdlets& known, const cmdlet_pipeline& pipeline)
{
    if (is_word(pipeline, "exit"))
        return outcome::leave;
    try {
        std::cout << (is_word(pipeline, "help") ? std::string(cmdlets::help())
                                                : known.run(pipeline))
                  << std::flush;
        return outcome::good;
    } catch (const cmdlet_error& wrong) {
        std::cerr << wrong.what() << std::endl;
        return outcome::failed;
    }
}

/// All of the text's pipelines; `leave` when one of them was `exit`.
outcome run_text(const cmdlets& known, const std::string& text)
{
    std::vector<cmdlet_pipeline> pipelines;
    try {
        pipelines = parse_cmdlets(text);
    } catch (const cmdlet_error& wrong) {
        std::cerr << wrong.what() << std::endl;
        return outcome::failed;
    }
    outcome whole = outcome::good;
    for (const cmdlet_pipeline& pipeline : pipelines) {
        const outcome one = run_one(known, pipeline);
        if (one == outcome::leave)
            return one;
        if (one == outcome::failed)
            whole = one;
    }
    return whole;
}

int prompt(const cmdlets& known)
{
    std::cout << "The cmdlets of message encryption; `help` lists them, `exit` leaves.\n";
    std::string line;
    while (std::cout << "PS sealpost> " << std::flush && std::getline(std::cin, line))
        if (run_text(known, line) == outcome::leave)
            return 0;
    std::cout << "\n";
    return 0;
}

} // namespace

int shell(const std::filesystem::path& state, const shell_options& options)
{
    admin_client admin(running_endpoints(state));
    const cmdlets known(backend_over(admin));
    if (!options.cmdlets && ::isatty(STDIN_FILENO) == 1)
        return prompt(known);
    const std::string text = options.cmdlets
                                 ? *options.cmdlets
                                 : std::string{std::istreambuf_iterator<char>(std::cin), {}};
    return run_text(known, text) == outcome::failed ? 1 : 0;
}

} // namespace cli
