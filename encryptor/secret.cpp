#include "encryptor/secret.hpp"
