#pragma once

#include "bus/access.hpp"
#include "bus/journal.hpp"
#include "bus/locked_octets.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace service {
class settings_reader;
}

namespace bus {

/// Section [bus] of the settings file.
struct settings {
    /// `endpoint`: where clients connect; ipc is for one machine and its file for its owner alone.
    /// Changing it needs the same change in every client's `bus_endpoint`.
    std::string endpoint;
    /// `database`, `slab`: belong together; the slab must be on a file system that overwrites in
    /// place (ext4, XFS), and must never be part of a backup, or an erased key comes back.
    journal_files files;
    /// `public_key_file`, `secret_key_file`: the broker's CURVE pair. Every client knows the public
    /// one.
    std::string public_key;
    locked_octets secret_key;
    /// `health`: host:port of /healthz and /readyz; port 0 lets the system choose.
    std::string health;
    /// `reserve_mib`: while less room is left beside the database, contents are refused; the rest
    /// is for events, so that mail can't fill the disk up to where nothing can be taken back.
    std::int64_t reserve_mib = 0;
    /// `unnamed_seconds`: a content that no event names is dropped when it got no chunk for so
    /// long. Shorter than a client needs between two chunks, or from the last to its event: mail
    /// fails.
    std::int64_t unnamed_seconds = 3600;
    /// `accept_unerasable`: start also where an erased key may stay on the disk
    /// (erasable_disk.hpp).
    bool accept_unerasable = false;
    /// [[bus.roles]]: what each role may do; what is not listed is refused.
    std::vector<role> roles;
    /// [[bus.clients]]: public key to role. A key that is not listed gets no connection.
    std::map<std::string, std::string> clients;

    /// Notes every fault in the reader, which throws them.
    static settings read(service::settings_reader& from);
};

} // namespace bus
