#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

/// A folder of its own for a test, gone afterwards.
class test_folder {
public:
    test_folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "sealpost-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~test_folder() { std::filesystem::remove_all(path_); }
    test_folder(const test_folder&) = delete;
    test_folder& operator=(const test_folder&) = delete;

    const std::filesystem::path& path() const { return path_; }

    std::filesystem::path write(const std::string& name, std::string_view content) const
    {
        std::filesystem::path file = path_ / name;
        std::ofstream{file, std::ios::binary} << content;
        return file;
    }

private:
    std::filesystem::path path_;
};
