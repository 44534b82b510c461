#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace cli_test {

/// A folder of its own for a test, removed at its end.
class temporary_folder {
public:
    temporary_folder()
    {
        std::string name =
            (std::filesystem::temp_directory_path() / "sealpost-test-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~temporary_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace cli_test
