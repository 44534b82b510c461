#include "cli/cmdlets.hpp"
#include "cli/failure.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>

namespace {

/// An admin API that behaves: one message, which can be revoked and restored.
class one_message {
public:
    cli::cmdlets cmdlets()
    {
        cli::cmdlet_backend backend;
        backend.status = [this](const std::string& id) { return status(id); };
        backend.set_revocation = [this](const std::string& id, bool revoke) {
            status(id);
            revoked_ = revoke;
        };
        return cli::cmdlets(std::move(backend));
    }

    /// What a line prints; an error is printed as such.
    std::string run(std::string_view line)
    {
        std::string text;
        const cli::cmdlets known = cmdlets();
        try {
            for (const cli::cmdlet_pipeline& pipeline : cli::parse_cmdlets(line))
                text += known.run(pipeline);
        } catch (const cli::cmdlet_error& wrong) {
            return text + "! " + wrong.what();
        }
        return text;
    }

private:
    nlohmann::json status(const std::string& id) const
    {
        if (id != "<4f1d@contoso.com>")
            throw cli::failure("No message has the id " + id + ".");
        const std::string said =
            "The encrypted email with the subject \"Figures\" and Message ID \"" + id +
            "\" was successfully revoked";
        return {
            {"subject", "Figures"},
            {"is_revocable", true},
            {"revoked", revoked_},
            {"message_id", id},
            {"network_message_id", "0193"},
            {"sender", "me@contoso.com"},
            {"status_text", revoked_ ? nlohmann::json(said) : nlohmann::json()},
            {"recipients", {{{"address", "carol@gmail.com"}}, {{"address", "dave@example.org"}}}}};
    }

    bool revoked_ = false;
};

TEST(cmdlets, a_revoke_prints_nothing_and_the_status_tells)
{
    one_message pipeline;
    EXPECT_EQ(
        pipeline.run("Set-OMEMessageRevocation -Revoke $true -MessageId \"<4f1d@contoso.com>\""),
        "");
    EXPECT_EQ(
        pipeline.run("Get-OMEMessageStatus -MessageId \"<4f1d@contoso.com>\" | fl Revoked"),
        "Revoked: True\n");
    EXPECT_EQ(
        pipeline.run("set-omemessagerevocation -messageid '<4f1d@contoso.com>' -revoke $False"),
        "");
    EXPECT_EQ(
        pipeline.run("get-omemessagestatus '<4f1d@contoso.com>' | Format-List revoked"),
        "Revoked: False\n");
}

TEST(cmdlets, a_table_has_the_columns_that_were_asked_for)
{
    one_message pipeline;
    EXPECT_EQ(
        pipeline.run(
            "Get-OMEMessageStatus -MessageId \"<4f1d@contoso.com>\" | ft -a Subject, IsRevocable"),
        "Subject IsRevocable\n"
        "------- -----------\n"
        "Figures True\n");
    EXPECT_EQ(
        pipeline.run("Get-OMEMessageStatus -MessageId \"<4f1d@contoso.com>\" | Format-Table"),
        "Subject IsRevocable Revoked\n"
        "------- ----------- -------\n"
        "Figures True        False\n");
}

TEST(cmdlets, without_a_format_the_documented_properties_and_the_documented_text_are_shown)
{
    one_message pipeline;
    EXPECT_EQ(
        pipeline.run(
            "Set-OMEMessageRevocation -MessageId '<4f1d@contoso.com>' -Revoke $true -Verbose;"
            "Get-OMEMessageStatus -MessageId '<4f1d@contoso.com>'"),
        "VERBOSE: Message ID <4f1d@contoso.com> is revoked.\n"
        "Subject: Figures\n"
        "IsRevocable: True\n"
        "Revoked: True\n"
        "\n"
        "The encrypted email with the subject \"Figures\" and Message ID \"<4f1d@contoso.com>\" "
        "was successfully revoked\n");
}

TEST(cmdlets, all_properties_can_be_had_and_an_unknown_one_is_empty)
{
    one_message pipeline;
    EXPECT_EQ(
        pipeline.run("Get-OMEMessageStatus -MessageId '<4f1d@contoso.com>' | fl *"),
        "Subject: Figures\nIsRevocable: True\nRevoked: False\nMessageId: "
        "<4f1d@contoso.com>\nNetworkMessageId: 0193\n"
        "Sender: me@contoso.com\nRecipients: carol@gmail.com, dave@example.org\nStatus:\n");
    EXPECT_EQ(
        pipeline.run("Get-OMEMessageStatus -MessageId '<4f1d@contoso.com>' | fl Colour, subject"),
        "Colour:\nSubject: Figures\n");
}

TEST(cmdlets, refusals_come_in_the_cmdlets_name)
{
    one_message pipeline;
    EXPECT_EQ(
        pipeline.run("Get-OMEMessageStatus -MessageId '<no@one>'"),
        "! Get-OMEMessageStatus : No message has the id <no@one>.");
    EXPECT_EQ(
        pipeline.run("Set-OMEMessageRevocation -MessageId '<4f1d@contoso.com>'"),
        "! Set-OMEMessageRevocation : Cannot process command because of one or more missing "
        "mandatory parameters: Revoke.");
    EXPECT_EQ(
        pipeline.run("Set-OMEMessageRevocation -MessageId '<4f1d@contoso.com>' -Revoke yes"),
        "! Set-OMEMessageRevocation : Cannot process argument transformation on parameter "
        "'Revoke'. Cannot convert value "
        "\"yes\" to type \"System.Boolean\". Boolean parameters accept only $true, $false, 1 or "
        "0.");
    EXPECT_EQ(pipeline.run("Get-Weather").substr(0, 29), "! Get-Weather : The term 'Get");
    EXPECT_EQ(
        pipeline.run("Get-OMEMessageStatus -MessageId '<4f1d@contoso.com>' | sort").substr(0, 25),
        "! sort : The term 'sort' ");
}

TEST(cmdlets, an_unknown_format_runs_nothing)
{
    one_message pipeline;
    pipeline.run(
        "Set-OMEMessageRevocation -MessageId '<4f1d@contoso.com>' -Revoke $true | out-nowhere");
    EXPECT_EQ(
        pipeline.run("Get-OMEMessageStatus '<4f1d@contoso.com>' | fl Revoked"), "Revoked: False\n");
}

} // namespace
