#include "gateway/gateway.hpp"
#include "service/run_main.hpp"

int main(int argc, char** argv)
{
    return service::run_main(gateway::process(), argc, argv);
}
