#include "cli/pipeline.hpp"

#include "bus/erasable_disk.hpp"
#include "cli/default_directory.hpp"
#include "cli/durable_file.hpp"
#include "cli/failure.hpp"
#include "cli/key_files.hpp"
#include "cli/operator_bus.hpp"
#include "cli/readiness.hpp"
#include "cli/settings_file.hpp"
#include "encryptor/secret.hpp"
#include "service/tls.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>
#include <utility>

namespace cli {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto start_patience = 120s; ///< sanitizer builds on a busy machine are slow
constexpr auto start_poll = 25ms;
constexpr auto stop_patience = 10s;
constexpr std::size_t shown_log_lines = 15;

std::string portal_name(unsigned index)
{
    return index == 0 ? "portal" : "portal-" + std::to_string(index + 1);
}

std::string first_word(const std::string& text)
{
    return text.substr(0, text.find_first_of(" \t\r\n"));
}

state_directory chosen_state(const pipeline_options& options)
{
    return options.ephemeral ? state_directory::make_temporary() : state_directory(options.state);
}

asio::awaitable<std::string> origin_of_log(const endpoints& where)
{
    operator_bus log(co_await asio::this_coro::executor, where);
    co_await log.head();
    co_return log.origin();
}

} // namespace

std::string told_of(const child_exit& death, const std::filesystem::path& log)
{
    std::string text = death.name;
    text += death.not_started.empty() ? " died (" + describe(death) + ")"
                                      : " cannot be started (" + describe(death) + ")";
    if (death.deaths_in_a_row > 1)
        text += " " + std::to_string(death.deaths_in_a_row) + " times in a row";
    if (!death.again_in)
        return text + "; SIGUSR1 starts it again";
    text += ", it is started again";
    if (death.again_in->count() > 0)
        text += " in " + std::to_string(death.again_in->count()) + " ms";
    return text + "; its log is " + log.string();
}

std::filesystem::path executables_folder()
{
    std::error_code error;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error)
        throw failure("cannot find the folder of sealpost's executables: " + error.message());
    return self.parent_path();
}

pipeline::pipeline(asio::any_io_executor executor, const pipeline_options& options)
    : options_(options),
      state_(chosen_state(options)),
      children_(executor),
      start_missing_(executor, SIGUSR1)
{
    try {
        encryptor::start_cryptography();
        state_.check_place();
        look_at_disk();
        state_.create();
        lock_ = std::make_unique<state_lock>(state_);
        std::filesystem::remove(state_.endpoints());
        make_keys(state_);
        make_outside_authority(state_);
        bind_sockets();
        describe_endpoints();
        write_settings();
    } catch (...) {
        if (options_.ephemeral)
            state_.remove();
        throw;
    }
}

pipeline::~pipeline()
{
    if (stopped_ || !options_.ephemeral)
        return;
    std::error_code ignored; // a failure is on its way already
    std::filesystem::remove_all(state_.root(), ignored);
}

/// The bus would say the same, but to its log, and in terms of its settings.
void pipeline::look_at_disk() const
{
    const std::string why = bus::why_unerasable(state_.slab());
    if (why.empty())
        return;
    if (!options_.ephemeral && !options_.accept_unerasable)
        throw failure(
            why + ": erased keys could stay on that disk. Choose a directory on ext4, XFS or tmpfs "
                  "with --state DIR (in a container: on a volume), or --ephemeral, or do without "
                  "with --accept-unerasable");
    std::cerr << "sealpost: " << why << ": erased keys may stay on that disk\n";
}

void pipeline::bind_sockets()
{
    const port_choice& ports = options_.ports;
    sockets_.emplace_back("bus-health", 0, "--state");
    sockets_.emplace_back("smtp", ports.smtp, "--smtp-port");
    sockets_.emplace_back("gateway-health", 0, "--state");
    for (unsigned index = 0; index < options_.portals; ++index) {
        const std::string name = portal_name(index);
        if (index == 0)
            sockets_.emplace_back(name, ports.portal, "--portal-port");
        else
            sockets_.emplace_back(name, 0, "--portals");
        sockets_.emplace_back(name + "-health", 0, "--portals");
    }
    sockets_.emplace_back("admin", ports.admin, "--admin-port");
    sockets_.emplace_back("revocation-health", 0, "--state");
    if (!options_.mailboxes)
        return;
    sockets_.emplace_back("mailboxes-smtp", ports.mailboxes_smtp, "--mailboxes-smtp-port");
    sockets_.emplace_back("mailboxes-http", ports.mailboxes, "--mailboxes-port");
}

const listening_socket& pipeline::socket(const std::string& name) const
{
    const auto found =
        std::find_if(sockets_.begin(), sockets_.end(), [&name](const listening_socket& one) {
            return one.name() == name;
        });
    if (found == sockets_.end())
        throw failure("no socket is named " + name);
    return *found;
}

void pipeline::describe_endpoints()
{
    where_.smtp = socket("smtp").address();
    where_.admin = "https://" + socket("admin").address();
    for (unsigned index = 0; index < options_.portals; ++index) {
        const std::string name = portal_name(index);
        where_.portals.push_back("https://" + socket(name).address());
        where_.health[name] = "http://" + socket(name + "-health").address();
    }
    where_.portal = where_.portals.front();
    where_.admin_token_file = state_.admin_token();
    where_.bus = state_.bus_endpoint();
    where_.state = state_.root();
    where_.authority = state_.authority();
    where_.health["bus"] = "http://" + socket("bus-health").address();
    where_.health["gateway"] = "http://" + socket("gateway-health").address();
    where_.health["revocation"] = "http://" + socket("revocation-health").address();
    if (!options_.mailboxes)
        return;
    where_.mailboxes = "http://" + socket("mailboxes-http").address();
    where_.mailboxes_smtp = socket("mailboxes-smtp").address();
    where_.health["mailboxes"] = where_.mailboxes;
}

void pipeline::write_settings()
{
    settings_values values;
    values.bus_endpoint = where_.bus;
    values.bus_health = socket("bus-health").address();
    values.smtp = where_.smtp;
    values.gateway_health = socket("gateway-health").address();
    values.portal = socket("portal").address();
    values.portal_health = socket("portal-health").address();
    values.portal_url = where_.portal;
    values.admin = socket("admin").address();
    values.revocation_health = socket("revocation-health").address();
    values.accept_unerasable = options_.ephemeral || options_.accept_unerasable;
    values.mailboxes = options_.mailboxes;
    if (options_.mailboxes) {
        values.mailboxes_smtp = where_.mailboxes_smtp;
        values.mailboxes_http = socket("mailboxes-http").address();
    }
    values.quick_retries = options_.next_hop.empty();
    values.next_hop = options_.next_hop.empty() ? where_.mailboxes_smtp : options_.next_hop;
    for (const std::string_view role : bus_roles) {
        const std::string name{role};
        values.bus_public_keys[name] = first_word(read_whole(state_.keys() / (name + ".public")));
    }
    write_durably(state_.settings(), settings_text(values));
}

std::vector<std::pair<std::string, int>> pipeline::sockets(
    const std::vector<std::string>& names) const
{
    std::vector<std::pair<std::string, int>> found;
    found.reserve(names.size());
    for (const std::string& name : names)
        found.emplace_back(name, socket(name).descriptor());
    return found;
}

void pipeline::start_children()
{
    const auto start = [this](const std::string& name, const std::vector<std::string>& names) {
        child_program program;
        program.name = name;
        program.executable = executables_folder() / ("sealpost-" + name);
        program.arguments = {"--config", state_.settings().string()};
        program.log_file = state_.log_of(name);
        program.sockets = sockets(names);
        children_.start(std::move(program));
    };
    start("bus", {"bus-health"});
    start("gateway", {"smtp", "gateway-health"});
    start("revocation", {"admin", "revocation-health"});
    if (options_.mailboxes)
        start("mailboxes", {"mailboxes-smtp", "mailboxes-http"});
    start_portals();
}

void pipeline::start_portals()
{
    for (unsigned index = 0; index < options_.portals; ++index) {
        const std::string name = portal_name(index);
        child_program program;
        program.name = name;
        program.executable = executables_folder() / "sealpost-portal";
        program.arguments = {"--config", state_.settings().string(), "--name", name};
        program.log_file = state_.log_of(name);
        // Each portal process knows its sockets by the same names.
        program.sockets = {
            {"portal", socket(name).descriptor()},
            {"portal-health", socket(name + "-health").descriptor()}};
        children_.start(std::move(program));
    }
}

asio::awaitable<void> pipeline::start(std::function<bool()> given_up)
{
    start_children();
    co_await wait_until_ready(given_up);
    // From here on a death is no failing start any more.
    children_.on_change([this](const std::optional<child_exit>& death) { changed(death); });
    children_.restart_the_dead(options_.restart);
    where_.imported_from = co_await origin_of_log(where_);
    if (where_.imported_from.empty())
        co_await apply_default_directory(where_);
    start_missing_on_signal();
    announced_ = true;
    publish();
}

asio::awaitable<void> pipeline::wait_until_ready(const std::function<bool()>& given_up)
{
    const auto deadline = std::chrono::steady_clock::now() + start_patience;
    asio::ssl::context tls = service::make_tls_client(where_.authority);
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (const auto& [name, base] : where_.health) {
        for (;;) {
            if (given_up())
                throw failure("stopped while starting");
            throw_if_one_died();
            const process_state state = co_await ask_readiness(base, tls);
            if (state.ready)
                break;
            if (std::chrono::steady_clock::now() > deadline)
                throw failure(
                    name + " is not ready after " + std::to_string(start_patience.count()) +
                    " s, it says: " + state.body + "\nThe last lines of its log:\n" +
                    last_lines(state_.log_of(name), shown_log_lines));
            boost::system::error_code error;
            pause.expires_after(start_poll);
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        }
    }
    throw_if_one_died();
}

void pipeline::throw_if_one_died() const
{
    if (!children_.first_death())
        return;
    const child_exit& death = *children_.first_death();
    throw failure(
        "sealpost-" + death.name + " ended while starting (" + describe(death) +
        "); the last lines of its log:\n" + last_lines(state_.log_of(death.name), shown_log_lines));
}

void pipeline::start_missing_on_signal()
{
    start_missing_.async_wait([this](const boost::system::error_code& error, int) {
        if (error)
            return;
        start_missing_on_signal();
        children_.start_missing();
    });
}

void pipeline::changed(const std::optional<child_exit>& death)
{
    if (death)
        std::cerr << "sealpost: " << told_of(*death, state_.log_of(death->name)) << std::endl;
    if (announced_)
        publish();
}

/// A full disk must not stop mail because of a status file.
void pipeline::publish()
{
    where_.pids = children_.pids();
    try {
        write_durably(state_.endpoints(), to_json(where_) + "\n");
    } catch (const failure& refused) {
        std::cerr << "sealpost: " << refused.what()
                  << "; other commands may not find the processes before the next change"
                  << std::endl;
    }
}

asio::awaitable<void> pipeline::stop()
{
    start_missing_.cancel();
    std::error_code left; // the children are stopped all the same
    std::filesystem::remove(state_.endpoints(), left);
    co_await children_.stop("bus", stop_patience);
    stopped_ = true;
    if (options_.ephemeral)
        state_.remove();
}

} // namespace cli
