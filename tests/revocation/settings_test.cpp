#include "revocation/settings.hpp"
#include "service/settings_reader.hpp"
#include "tests/service/test_files.hpp"

#include <gtest/gtest.h>

namespace {

std::string faults_of(const test_folder& folder, const std::string& text)
{
    const auto file = folder.write("sealpost.toml", "[revocation]\n" + text);
    try {
        revocation::settings::read(service::settings_reader{file, "revocation"});
    } catch (const service::invalid_settings& faults) {
        return faults.what();
    }
    return {};
}

TEST(revocation_settings, every_missing_key_is_named_at_once)
{
    const test_folder folder;
    const std::string faults = faults_of(folder, "");
    for (const char* key : {"tls_certificate", "tls_key", "tokens_file", "bus_endpoint"})
        EXPECT_NE(faults.find(key), std::string::npos) << key << " in:\n" << faults;
}

TEST(revocation_settings, a_wrong_token_file_is_named_and_not_quoted)
{
    const test_folder folder;
    folder.write("tokens", "top-secret administrator x\n");
    const std::string faults = faults_of(folder, "tokens_file = \"tokens\"\n");
    EXPECT_NE(faults.find("tokens_file"), std::string::npos);
    EXPECT_NE(faults.find("line 1"), std::string::npos);
    EXPECT_EQ(faults.find("top-secret"), std::string::npos);
}

} // namespace
