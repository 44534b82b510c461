#pragma once

#include "cli/cmdlet_output.hpp"
#include "cli/cmdlet_parser.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace cli {

/// The admin API as the cmdlets need it; throws failure when it refuses.
struct cmdlet_backend {
    std::function<nlohmann::json(const std::string& message_id)> status;
    /// Revoke (true) or restore (false).
    std::function<void(const std::string& message_id, bool revoke)> set_revocation;
};

/// The cmdlets of the original, over a backend.
class cmdlets {
public:
    explicit cmdlets(cmdlet_backend backend);

    /// Runs one pipeline; what it prints. Throws cmdlet_error.
    std::string run(const cmdlet_pipeline& pipeline) const;

    static std::string_view help();

private:
    struct produced {
        std::vector<cmdlet_object> objects;
        std::string printed; ///< before the objects
    };
    produced run_source(const cmdlet_call& call) const;
    produced get_status(const cmdlet_call& call) const;
    produced set_revocation(const cmdlet_call& call) const;

    cmdlet_backend backend_;
};

} // namespace cli
