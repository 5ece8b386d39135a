/*
 * psa_init.c: who starts PSA before a unit test runs?
 *
 * lib/hash_psa.c leaves psa_crypto_init() to the application. The unit tests are written without a
 * thought of the hash library, so where it is PSA this file is linked to each of them.
 */
#include <psa/crypto.h>
#include <stdlib.h>

__attribute__((constructor)) static void start_psa(void)
{
    if (psa_crypto_init() != PSA_SUCCESS)
        abort();
}
