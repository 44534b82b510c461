#include "mail/events.hpp"
