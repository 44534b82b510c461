#pragma once

#include "service/http_server.hpp"

#include <vector>

namespace simulator {

class mailbox_store;
class mail_client;

/// The web page for people: a list of mailboxes, one mailbox, one mail.
std::vector<service::http_route> mailbox_site(
    const mailbox_store& store, const mail_client& client);

/// The page for an error status; for http_server::on_error.
service::http_response site_error(unsigned status);

} // namespace simulator
