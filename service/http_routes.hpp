#pragma once

#include "service/http_server.hpp"

#include <map>
#include <string>
#include <vector>

namespace service {

/// The table of routes, ready to be searched.
class http_routes {
public:
    struct match {
        const http_route* route = nullptr;
        std::map<std::string, std::string> parameters;
        std::string allowed; ///< methods of that path, as for the Allow header; empty: unknown path
    };

    /// Throws invalid_argument when a route is not well-formed.
    explicit http_routes(std::vector<http_route> routes);

    match find(const std::string& method, const std::vector<std::string>& segments) const;

private:
    struct part {
        enum class kind { literal, parameter, rest } what = kind::literal;
        std::string text; ///< the literal, or the parameter's name
    };
    struct pattern {
        std::vector<part> parts;
        bool matches(
            const std::vector<std::string>& segments,
            std::map<std::string, std::string>& parameters) const;
    };
    static pattern parse(const http_route& route);

    std::vector<http_route> routes_;
    std::vector<pattern> patterns_; ///< of the route at the same place
};

} // namespace service
