#include "revocation/revocation.hpp"
#include "service/run_main.hpp"

int main(int argc, char** argv)
{
    return service::run_main(revocation::process(), argc, argv);
}
