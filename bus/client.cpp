#include "bus/client.hpp"

#include "bus/append_batch.hpp"
#include "bus/connection.hpp"
#include "bus/content_puts.hpp"
#include "bus/content_stream.hpp"
#include "bus/protocol.hpp"
#include "service/log.hpp"

#include <utility>

namespace bus {
namespace asio = boost::asio;
using boost::system::error_code;

client::client(asio::any_io_executor executor, client_settings settings, service::log& log)
    : connection_(std::make_shared<connection>(executor, std::move(settings), log)),
      puts_(std::make_unique<content_puts>(connection_))
{
    connection_->start();
}

client::~client()
{
    close();
}

void client::close()
{
    connection_->close();
}

bool client::connected() const
{
    return connection_->connected();
}

asio::awaitable<void> client::ready()
{
    return connection_->ready();
}

const std::string& client::log_id() const
{
    return connection_->log_id();
}

const std::string& client::origin() const
{
    return connection_->origin();
}

asio::awaitable<result<std::vector<std::uint64_t>>> client::append(append_batch batch)
{
    result<std::vector<std::uint64_t>> seqs;
    append_request request;
    request.contents = puts_->count(batch.contents);
    request.events = std::move(batch.events);
    request.slots = std::move(batch.slots);
    if (const auto fault = check_shape(request)) {
        connection_->log().error("bus.invalid_append", {{"reason", fault->text}});
        seqs.error = errc::invalid;
        co_return seqs;
    }
    seqs.error = puts_->failure(batch.contents);
    if (seqs.error)
        co_return seqs;
    std::string body = encode(request);
    answer said = co_await connection_->ask(verb::append, std::move(body));
    seqs.error = said.error;
    if (said.error) {
        // A chunk that was refused while the append was under way is why.
        if (const error_code cause = puts_->failure(batch.contents))
            seqs.error = cause;
        co_return seqs;
    }
    for (const std::string& content : batch.contents)
        puts_->forget(content);
    seqs.value = decode_seqs(said.body);
    co_return seqs;
}

asio::awaitable<result<bus::head>> client::head()
{
    result<bus::head> current;
    answer said = co_await connection_->ask(verb::head, std::string{});
    current.error = said.error;
    if (said.error)
        co_return current;
    octet_reader fields{said.body};
    current.value.log_id = log_id();
    current.value.seq = fields.u64();
    current.value.own = decode_hash(fields);
    co_return current;
}

asio::awaitable<error_code> client::put_chunk(
    const std::string& content, std::uint32_t index, std::string octets)
{
    return puts_->put(content, index, std::move(octets));
}

asio::awaitable<void> client::discard(const std::string& content)
{
    std::string body = encode_content(content);
    puts_->forget(content);
    // What is not discarded now is found later: the broker drops unnamed contents by itself.
    co_await connection_->ask(verb::discard, std::move(body));
}

chunk_source client::read_content(std::string content)
{
    const auto stream = std::make_shared<content_stream>(connection_, std::move(content));
    return [stream] { return stream->next(); };
}

asio::awaitable<result<std::string>> client::get_slot(
    const std::string& content, const std::string& name)
{
    slot_request wish{content, {name}};
    std::string body = encode(wish);
    answer said = co_await connection_->ask(verb::slot_get, std::move(body));
    result<std::string> sealed{said.error, std::move(said.body)};
    co_return sealed;
}

asio::awaitable<error_code> client::erase_slots(
    const std::string& content, std::vector<std::string> names)
{
    slot_request wish{content, std::move(names)};
    std::string body = encode(wish);
    answer said = co_await connection_->ask(verb::slot_erase, std::move(body));
    co_return said.error;
}

} // namespace bus
