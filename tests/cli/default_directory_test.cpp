#include "cli/default_directory.hpp"
#include "cli/key_files.hpp"
#include "encryptor/secret.hpp"
#include "mail/ledger.hpp"
#include "revocation/directory_json.hpp"
#include "temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

TEST(default_directory, is_what_the_admin_api_takes)
{
    encryptor::start_cryptography();
    const cli_test::temporary_folder folder;
    const cli::state_directory state(folder.path());
    state.create();
    cli::make_keys(state);
    cli::make_outside_authority(state);
    const std::string body = cli::default_directory(state);
    const auto parsed = revocation::parse_directory(body, {});
    EXPECT_TRUE(parsed.faults.empty());
    EXPECT_EQ(parsed.value.organisation->name, "Contoso");
    ASSERT_EQ(parsed.value.recipients.size(), 2u);
    EXPECT_EQ(parsed.value.recipients[0].mailbox.text(), "alice@fabrikam.com");
    EXPECT_EQ(parsed.value.recipients[0].identity, mail::identity_type::office365);
    EXPECT_FALSE(parsed.value.recipients[0].certificate.empty());
    EXPECT_EQ(parsed.value.recipients[1].identity, mail::identity_type::microsoft_account);
    // The same keys again: a client's certificate does not change.
    EXPECT_EQ(cli::default_directory(state), body);
}

} // namespace
