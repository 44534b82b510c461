#include "portal/portal.hpp"
