#include <thread>

/// Two threads that write the same variable and know nothing of each other: the thread sanitizer
/// must say so, or the tests that it watches prove nothing. Never part of a product build.
int main()
{
    int shared = 0;
    std::thread other([&] { shared = 1; });
    shared = 2;
    other.join();
    return shared == 0 ? 1 : 0;
}
