#include "bus/bus.hpp"
#include "service/run_main.hpp"

int main(int argc, char** argv)
{
    return service::run_main(bus::process(), argc, argv);
}
