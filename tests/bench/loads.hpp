#pragma once

#include <map>
#include <stdexcept>
#include <string>

/// What bench_bus can measure, each against a server that runs already (or a file). Each returns
/// one JSON object.
namespace bench {

/// The words of the command line, NAME=VALUE.
class options {
public:
    options(int argc, char** argv)
    {
        for (int at = 2; at < argc; ++at) {
            const std::string word = argv[at];
            const std::size_t equals = word.find('=');
            if (equals == std::string::npos)
                throw std::invalid_argument(word + " is not NAME=VALUE");
            values_[word.substr(0, equals)] = word.substr(equals + 1);
        }
    }
    const std::string& text(const std::string& name) const
    {
        const auto found = values_.find(name);
        if (found == values_.end())
            throw std::invalid_argument(name + "= is missing");
        return found->second;
    }
    unsigned long number(const std::string& name) const { return std::stoul(text(name)); }
    double seconds() const { return std::stod(text("seconds")); }

private:
    std::map<std::string, std::string> values_;
};

constexpr std::size_t event_octets = 300;

// One event an append, `in-flight` of them under way.
std::string append_to_sealpost(const options& given);
std::string append_to_sqlite(const options& given); ///< `in-flight` events a transaction
std::string append_to_redis(const options& given);
std::string append_to_jetstream(const options& given);
std::string append_to_zeromq(const options& given);

// From the append to its arrival at a subscriber, one after the other.
std::string deliver_by_sealpost(const options& given);
std::string deliver_by_redis(const options& given);
std::string deliver_by_zeromq(const options& given);

// The whole log to one reader.
std::string replay_sealpost(const options& given);
std::string replay_redis(const options& given);
std::string replay_zeromq(const options& given);

// `mebioctets` of content, MiB/s.
std::string put_and_get_content(const options& given);
std::string content_by_zeromq(const options& given);
std::string seal_and_open(const options& given);
std::string write_to_disk(const options& given);

/// No load but a peer: the bare broker, in `folder` and at `port`, until it is killed.
std::string serve_zeromq(const options& given);

} // namespace bench
