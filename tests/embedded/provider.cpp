// The tiny provider under a C name, for the C program beside it.
#include "lib/crypto/providers.hpp"

extern "C" const ipworksauth_provider* test_tiny_provider(void);
const ipworksauth_provider* test_tiny_provider(void) { return &sshauth::tiny_provider(); }
