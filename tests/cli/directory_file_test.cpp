#include "cli/directory_file.hpp"
#include "cli/failure.hpp"
#include "temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace {

class directory_file : public testing::Test {
protected:
    nlohmann::json read(const std::string& text) const
    {
        std::ofstream(folder_.path() / "directory.toml") << text;
        return nlohmann::json::parse(cli::read_directory_file(folder_.path() / "directory.toml"));
    }

    std::string faults(const std::string& text) const
    {
        try {
            read(text);
        } catch (const cli::failure& wrong) {
            return wrong.what();
        }
        return "none";
    }

    cli_test::temporary_folder folder_;
};

TEST_F(directory_file, becomes_the_request_of_the_admin_api)
{
    std::ofstream(folder_.path() / "alice.pem")
        << "key first\n-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n";
    const nlohmann::json request = read(R"(
[organisation]
name = "Contoso"
force_link = true
expiry_seconds = 3600

[[domain]]
name = "fabrikam.com"
identity = "office365"
client = "outlook"

[[domain]]
name = "old.example"
removed = true

[[recipient]]
address = "alice@fabrikam.com"
identity = "office365"
certificate = "alice.pem"
reads_gcm = true
)");
    EXPECT_EQ(
        request["organisation"],
        nlohmann::json({{"name", "Contoso"}, {"force_link", true}, {"expiry_seconds", 3600}}));
    EXPECT_EQ(
        request["domains"][0],
        nlohmann::json(
            {{"domain", "fabrikam.com"}, {"identity", "office365"}, {"client", "outlook"}}));
    EXPECT_EQ(
        request["domains"][1], nlohmann::json({{"domain", "old.example"}, {"removed", true}}));
    EXPECT_EQ(
        request["recipients"][0],
        nlohmann::json(
            {{"address", "alice@fabrikam.com"},
             {"identity", "office365"},
             {"reads_gcm", true},
             {"certificate", "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n"}}));
}

TEST_F(directory_file, every_fault_is_named_with_its_line)
{
    const std::string said = faults(R"([organisation]
nam = "Contoso"
expiry_seconds = -1
[[domain]]
identity = "office356"
[[recipient]]
address = "nobody"
identity = "google"
certificate = "missing.pem"
reads_gcm = "yes"
)");
    for (const char* part :
         {":2: unknown key 'nam'; allowed are name, force_link, expiry_seconds",
          ":3: expiry_seconds is a number of seconds",
          ":4: name is missing",
          ":5: identity: ",
          ":7: 'nobody' is no mail address",
          ":9: cannot read",
          ":10: reads_gcm is true or false"})
        EXPECT_NE(said.find(part), std::string::npos) << part << "\n" << said;
}

TEST_F(directory_file, what_is_no_toml_is_named_with_line_and_column)
{
    EXPECT_NE(
        faults("[organisation]\nname = Contoso\n").find("directory.toml:2:8"), std::string::npos);
    EXPECT_NE(faults("domain = \"x\"\n").find("write it as [[domain]]"), std::string::npos);
    EXPECT_NE(faults("domain = [1]\n").find("write it as [[domain]]"), std::string::npos);
    EXPECT_NE(faults("organisation = 1\n").find("write it as [organisation]"), std::string::npos);
}

TEST_F(directory_file, one_that_changes_nothing_is_refused)
{
    EXPECT_NE(faults("# nothing\n").find("changes nothing"), std::string::npos);
}

} // namespace
