#pragma once

#include <string>
#include <vector>

namespace revocation {

/// One thing wrong with what a caller sent: where (a JSON pointer, or the name of a query
/// parameter) and what.
struct input_fault {
    std::string path;
    std::string problem;
};

/// What was read of a caller's input; usable only without faults. All faults are found at once.
template <class T>
struct parsed {
    T value{};
    std::vector<input_fault> faults;

    bool ok() const { return faults.empty(); }
    void fault(std::string path, std::string problem)
    {
        faults.push_back({std::move(path), std::move(problem)});
    }
};

} // namespace revocation
