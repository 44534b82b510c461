#pragma once

#include "simulator/mailboxes/mail_client.hpp"
#include "simulator/mailboxes/mailbox_store.hpp"
#include "simulator/mailboxes/smtp_faults.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Where the mailboxes' API meets JSON.
namespace simulator {

std::string mailboxes_json(const std::vector<mailbox_summary>& mailboxes);

/// A stored mail with what its client shows.
std::string message_json(const stored_mail& stored, const shown_mail& shown);

std::string faults_json(const std::vector<smtp_fault>& faults);

/// Faults of a script; `problems` names each mistake with its place, and then nothing else is to be
/// used.
struct parsed_faults {
    std::vector<smtp_fault> faults;
    std::vector<std::string> problems;
};
parsed_faults parse_faults(std::string_view body);

} // namespace simulator
