#include "service/log.hpp"
