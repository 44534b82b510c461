#include "simulator/mailboxes/mailboxes.hpp"
