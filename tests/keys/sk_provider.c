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
 *
 * ssh-keygen makes keys with it, too: of the application and the flags that it is told.
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

struct enrolled {
  uint8_t flags;
  uint8_t* public_key;
  size_t public_key_len;
  uint8_t* key_handle;
  size_t key_handle_len;
  uint8_t* signature;
  size_t signature_len;
  uint8_t* attestation_cert;
  size_t attestation_cert_len;
  uint8_t* authdata;
  size_t authdata_len;
};

EXPORT int sk_enroll(uint32_t alg, const uint8_t* challenge, size_t challenge_len,
                     const char* application, uint8_t flags, const char* pin, void** options,
                     struct enrolled** out) {
  uint8_t key[64];
  (void)challenge, (void)challenge_len, (void)application, (void)pin, (void)options;
  if (alg != 1) return -2;
  struct enrolled* made = calloc(1, sizeof *made);
  made->flags = flags;
  made->public_key_len = made->key_handle_len = 32;
  made->public_key = malloc(32);
  made->key_handle = malloc(32);
  randombytes_buf(made->key_handle, 32);
  crypto_sign_seed_keypair(made->public_key, key, made->key_handle);
  *out = made;
  return 0;
}

/* None are: ssh-keygen wants the function all the same. */
EXPORT int sk_load_resident_keys(const char* pin, void** options, void*** out, size_t* num) {
  (void)pin, (void)options, (void)out, (void)num;
  return -2;
}
