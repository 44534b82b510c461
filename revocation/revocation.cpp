#include "revocation/revocation.hpp"
