/* A security key in software, for tests: a library of OpenSSH's sk-api over libsodium. The key
 * handle is the seed of an Ed25519 key. The application says how it behaves:
 *
 *   ssh:            touched at once
 *   ssh:pin         wants the PIN 1234
 *   ssh:absent      no device
 *   ssh:general     fails
 *   ssh:unsupported cannot
 *   ssh:other       signs with another key
 *   ssh:untouched   leaves out the flag of a touch
 *   ssh:nothing     says yes and gives nothing
 *   ssh:huge        gives a signature of a megabyte
 */
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct response {
  uint8_t flags;
  uint32_t counter;
  uint8_t* sig_r;
  size_t sig_r_len;
  uint8_t* sig_s;
  size_t sig_s_len;
};

#define EXPORT __attribute__((visibility("default")))

EXPORT uint32_t sk_api_version(void) {
#ifdef SK_VERSION
  return SK_VERSION;
#else
  return 0x000a0000;
#endif
}

static int is(const char* application, const char* how) { return strcmp(application, how) == 0; }

EXPORT int sk_sign(uint32_t alg, const uint8_t* data, size_t data_len, const char* application,
                   const uint8_t* key_handle, size_t key_handle_len, uint8_t flags, const char* pin,
                   void** options, struct response** out) {
  uint8_t word[32 + 1 + 4 + 32], seed[32], pub[32], key[64];
  (void)options;
  if (is(application, "ssh:absent")) return -4;
  if (is(application, "ssh:general")) return -1;
  if (is(application, "ssh:unsupported") || alg != 1 || key_handle_len != sizeof seed) return -2;
  if (is(application, "ssh:nothing")) return 0;
  if (is(application, "ssh:pin") || (flags & 4) != 0)
    if (pin == NULL || strcmp(pin, "1234") != 0) return -3;
  memcpy(seed, key_handle, sizeof seed);
  if (is(application, "ssh:other")) seed[0] ^= 1;
  crypto_sign_seed_keypair(pub, key, seed);
  struct response* r = calloc(1, sizeof *r);
  r->flags = is(application, "ssh:untouched") ? 0 : flags & 5;
  r->counter = 0x01020304;
  crypto_hash_sha256(word, (const uint8_t*)application, strlen(application));
  word[32] = r->flags;
  memcpy(word + 33, "\x01\x02\x03\x04", 4);
  crypto_hash_sha256(word + 37, data, data_len);
  r->sig_r_len = is(application, "ssh:huge") ? 1 << 20 : 64;
  r->sig_r = calloc(1, r->sig_r_len);
  crypto_sign_detached(r->sig_r, NULL, word, sizeof word, key);
  *out = r;
  return 0;
}
