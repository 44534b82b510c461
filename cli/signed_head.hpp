#pragma once

#include "bus/stored_log.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace cli {

/// The end of a log at some moment, to be kept elsewhere: a log that was cut or forged since does
/// not hold it.
struct log_end {
    std::string log; ///< the log's id, hexadecimal
    std::uint64_t seq = 0;
    std::int64_t time = 0;
    std::string hash;      ///< of event `seq`, hexadecimal
    std::string signature; ///< Ed25519, hexadecimal; empty: not signed
};

log_end log_end_of(const bus::log_head& head);

/// What is signed: the line `sealpost head 1`, then log, seq, time and hash, a line each.
std::string signed_octets(const log_end& end);

/// `secret_file`: the seed of an Ed25519 key, 32 octets in hexadecimal. Throws failure.
void sign(log_end& end, const std::filesystem::path& secret_file);
/// Throws failure when it is not signed, or not by the owner of the key in `public_file`.
void check_signature(const log_end& end, const std::filesystem::path& public_file);

/// One line of JSON, and back; throws failure.
std::string to_json(const log_end& end);
log_end parse_log_end(std::string_view json);

struct signing_pair {
    std::string public_key; ///< hexadecimal
    std::string seed;
};
signing_pair make_signing_pair();

} // namespace cli
