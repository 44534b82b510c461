#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// usage: find-octets NEEDLES < HAYSTACK
/// Prints which of thousands of octet strings stand somewhere in the haystack, each once. NEEDLES
/// is a file with one a line, in hexadecimal, 8 octets at least; so is the output. Exits with 2
/// when the needles can't be read.
namespace {

constexpr std::size_t prefix_octets = sizeof(std::uint64_t);
// The first three octets tell nearly every place of the haystack apart from all needles.
constexpr std::uint64_t start_mask = 0xffffff;

std::uint64_t prefix_at(const char* octets)
{
    std::uint64_t prefix;
    std::memcpy(&prefix, octets, prefix_octets);
    return prefix;
}

class needles {
public:
    void add(std::string hexadecimal)
    {
        std::string octets;
        for (std::size_t at = 0; at + 1 < hexadecimal.size(); at += 2)
            octets.push_back(static_cast<char>(std::stoi(hexadecimal.substr(at, 2), nullptr, 16)));
        const auto prefix = prefix_at(octets.data());
        seen_start_[prefix & start_mask] = true;
        by_prefix_[prefix].push_back({std::move(octets), std::move(hexadecimal)});
    }

    /// The octets that begin at `at` are looked up; what begins there is put among the found.
    void look(std::string_view haystack, std::size_t at, std::set<std::string>& found) const
    {
        const auto prefix = prefix_at(haystack.data() + at);
        if (!seen_start_[prefix & start_mask])
            return;
        const auto same_prefix = by_prefix_.find(prefix);
        if (same_prefix == by_prefix_.end())
            return;
        for (const auto& [octets, hexadecimal] : same_prefix->second)
            if (haystack.substr(at, octets.size()) == octets)
                found.insert(hexadecimal);
    }

private:
    struct needle {
        std::string octets, hexadecimal;
    };
    std::map<std::uint64_t, std::vector<needle>> by_prefix_;
    std::vector<char> seen_start_ = std::vector<char>(start_mask + 1);
};

} // namespace

int main(int argument_count, char** arguments)
{
    std::ifstream file(argument_count == 2 ? arguments[1] : "");
    if (!file) {
        std::cerr << "usage: find-octets NEEDLES < HAYSTACK\n";
        return 2;
    }
    needles wanted;
    for (std::string line; std::getline(file, line);) {
        if (line.size() < 2 * prefix_octets) {
            std::cerr << "find-octets: a needle has fewer than " << prefix_octets << " octets\n";
            return 2;
        }
        wanted.add(line);
    }
    std::ios::sync_with_stdio(false);
    const std::string haystack{std::istreambuf_iterator<char>(std::cin), {}};
    std::set<std::string> found;
    for (std::size_t at = 0; at + prefix_octets <= haystack.size(); ++at)
        wanted.look(haystack, at, found);
    for (const auto& hexadecimal : found)
        std::cout << hexadecimal << '\n';
}
