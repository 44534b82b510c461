#include "service/http_routes.hpp"

#include <set>
#include <stdexcept>
#include <utility>

namespace service {
namespace {

std::vector<std::string> split_path(std::string_view path)
{
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        segments.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

std::string joined_from(const std::vector<std::string>& segments, std::size_t first)
{
    std::string joined = segments[first];
    for (std::size_t i = first + 1; i < segments.size(); ++i) {
        joined += "/" + segments[i];
    }
    return joined;
}

/// HEAD is served by GET's handler (RFC 9110, 9.3.2).
bool serves(const http_route& route, const std::string& method)
{
    return route.method == method || (method == "HEAD" && route.method == "GET");
}

void allow(std::set<std::string>& methods, const http_route& route)
{
    methods.insert(route.method);
    if (route.method == "GET") {
        methods.insert("HEAD");
    }
}

std::string listed(const std::set<std::string>& methods)
{
    std::string list;
    for (const std::string& method : methods) {
        list += (list.empty() ? "" : ", ") + method;
    }
    return list;
}

} // namespace

http_routes::http_routes(std::vector<http_route> routes) : routes_(std::move(routes))
{
    for (const http_route& route : routes_) {
        patterns_.push_back(parse(route));
    }
}

http_routes::pattern http_routes::parse(const http_route& route)
{
    if (!route.pattern.starts_with('/') || route.method.empty() || !route.handle) {
        throw std::invalid_argument{"route \"" + route.name + "\" is not well-formed"};
    }
    pattern parsed;
    for (const std::string& segment : split_path(route.pattern)) {
        part one{part::kind::literal, segment};
        if (segment.starts_with('{') && segment.ends_with("*}")) {
            one = {part::kind::rest, segment.substr(1, segment.size() - 3)};
        } else if (segment.starts_with('{') && segment.ends_with('}')) {
            one = {part::kind::parameter, segment.substr(1, segment.size() - 2)};
        }
        parsed.parts.push_back(std::move(one));
    }
    return parsed;
}

bool http_routes::pattern::matches(
    const std::vector<std::string>& segments, std::map<std::string, std::string>& parameters) const
{
    const bool open = parts.back().what == part::kind::rest;
    if (segments.size() < parts.size() || (segments.size() > parts.size() && !open)) {
        return false;
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].what == part::kind::rest) {
            parameters[parts[i].text] = joined_from(segments, i);
            return true;
        }
        const bool is_parameter = parts[i].what == part::kind::parameter;
        if (is_parameter ? segments[i].empty() : segments[i] != parts[i].text) {
            return false;
        }
        if (is_parameter) {
            parameters[parts[i].text] = segments[i];
        }
    }
    return true;
}

http_routes::match http_routes::find(
    const std::string& method, const std::vector<std::string>& segments) const
{
    match found;
    std::set<std::string> methods;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        std::map<std::string, std::string> parameters;
        if (!patterns_[i].matches(segments, parameters)) {
            continue;
        }
        allow(methods, routes_[i]);
        if (found.route == nullptr && serves(routes_[i], method)) {
            found.route = &routes_[i];
            found.parameters = std::move(parameters);
        }
    }
    found.allowed = listed(methods);
    return found;
}

} // namespace service
