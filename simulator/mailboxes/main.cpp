#include "service/run_main.hpp"
#include "simulator/mailboxes/mailboxes.hpp"

int main(int argc, char** argv)
{
    return service::run_main(simulator::process(), argc, argv);
}
