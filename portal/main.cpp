#include "portal/portal.hpp"
#include "service/run_main.hpp"

int main(int argc, char** argv)
{
    return service::run_main(portal::process(), argc, argv);
}
