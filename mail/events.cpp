#include "mail/events.hpp"

namespace mail {
namespace {

struct type_reader {
    std::string_view operator()(const unknown_event& fact) const { return fact.type; }
    template <class Body>
    std::string_view operator()(const Body&) const
    {
        return Body::type;
    }
};

} // namespace

std::string_view type_of(const event& fact)
{
    return std::visit(type_reader{}, fact.body);
}

} // namespace mail
