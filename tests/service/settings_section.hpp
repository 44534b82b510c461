#pragma once

#include "service/settings_reader.hpp"
#include "tests/service/test_files.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <map>
#include <string>
#include <utility>

/// The section of a process that is a client of the bus, with its key files beside the settings
/// file: valid until a test changes a key.
class settings_section : public testing::Test {
protected:
    explicit settings_section(std::string name) : name_(std::move(name))
    {
        folder.write("z85", std::string(40, 'a') + "\n");
        folder.write("hex", std::string(63, '0') + "f\n");
        folder.write("pem", "-----BEGIN CERTIFICATE-----\n");
        keys["bus_endpoint"] = "\"ipc:///tmp/bus.sock\"";
        name_files("z85", {"bus_server_key_file", "bus_public_key_file", "bus_secret_key_file"});
    }

    /// Reads the section and throws for its faults.
    virtual void check() const = 0;

    void name_files(const std::string& file, std::initializer_list<const char*> of)
    {
        for (const char* key : of) {
            keys[key] = "\"" + file + "\"";
        }
    }
    service::settings_reader reader() const
    {
        std::string file = "[" + name_ + "]\n";
        for (const auto& [key, value] : keys) {
            file.append(key).append(" = ").append(value).append("\n");
        }
        return {folder.write("sealpost.toml", file), name_};
    }
    /// What is said about them; empty: none.
    std::string faults() const
    {
        try {
            check();
        } catch (const service::invalid_settings& wrong) {
            return wrong.what();
        }
        return "";
    }
    void expect_fault(const std::string& key, const std::string& value)
    {
        const auto before = keys;
        keys[key] = value;
        EXPECT_NE(faults().find(name_ + "." + key), std::string::npos)
            << key << " = " << value << ": " << faults();
        keys = before;
    }

    test_folder folder;
    std::map<std::string, std::string> keys; ///< as they stand in the file, texts with their quotes

private:
    std::string name_;
};
