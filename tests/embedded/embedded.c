/* Firmware's view: engine.h from C, memory from a static array, one provider. A client logs in to a
 * server engine by password and by public key; a wrong password is refused. Prints the counts. */
#include <ipworksauth/engine.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

const ipworksauth_provider* test_tiny_provider(void);

static int passed, failed;
static void check(int ok, const char* what) {
  if (ok) {
    passed++;
  } else {
    failed++;
    fprintf(stderr, "failed: %s\n", what);
  }
}

/* One block each, aligned to 16. */
static union {
  long double align;
  uint8_t octets[96 * 1024];
} client_block, server_block;

typedef struct key {
  uint8_t seed[32], pub[32], blob[4 + 11 + 4 + 32];
} key;

static void make_key(key* k) {
  uint8_t secret[64];
  static const uint8_t head[19] = {0,   0,   0,   11,  's', 's', 'h', '-', 'e', 'd',
                                   '2', '5', '5', '1', '9', 0,   0,   0,   32};
  randombytes_buf(k->seed, sizeof k->seed);
  crypto_sign_seed_keypair(k->pub, secret, k->seed);
  memcpy(k->blob, head, sizeof head);
  memcpy(k->blob + sizeof head, k->pub, 32);
}

static void sign_with(ipworksauth_engine* e, const key* k) {
  ipworksauth_private_key p;
  memset(&p, 0, sizeof p);
  p.pub.first = k->pub;
  p.pub.first_len = 32;
  p.d = k->seed;
  p.d_len = 32;
  check(ipworksauth_engine_answer_private_key(e, &p) == 0, "the signature is taken");
}

static void work(ipworksauth_engine* e, const key* k, const char* password, const key* user) {
  ipworksauth_event ev;
  while (ipworksauth_engine_next_event(e, &ev) == 1) {
    switch (ev.kind) {
      case IPWORKSAUTH_EVENT_HOST_KEY:
        ipworksauth_engine_answer_host_key(e, IPWORKSAUTH_ACCEPT_HOST_KEY);
        break;
      case IPWORKSAUTH_EVENT_SIGN: sign_with(e, k); break;
      case IPWORKSAUTH_EVENT_PASSWORD:
        ipworksauth_engine_answer_password(e, password, strlen(password));
        break;
      case IPWORKSAUTH_EVENT_REQUEST: {
        const int right = (ev.key.len != 0 && user != NULL && ev.key.len == sizeof user->blob &&
                           memcmp(ev.key.data, user->blob, sizeof user->blob) == 0) ||
                          (ev.data.len == 6 && memcmp(ev.data.data, "secret", 6) == 0);
        ipworksauth_engine_answer_request(e, right ? IPWORKSAUTH_ACCEPT : IPWORKSAUTH_REFUSE, NULL);
        break;
      }
      default: break;
    }
  }
}

static int carry(ipworksauth_engine* from, ipworksauth_engine* to) {
  const uint8_t* out;
  size_t len, used;
  if (ipworksauth_engine_pending(from, &out, &len) != 1) return 0;
  ipworksauth_engine_receive(to, out, len, &used);
  ipworksauth_engine_sent(from, used);
  return 1;
}

/* 1: authenticated; 0: refused; -1: anything else */
static int login(const char* methods, const char* password) {
  key host, user;
  ipworksauth_identity host_row, user_row;
  ipworksauth_engine_config c, s;
  ipworksauth_engine *client = NULL, *server = NULL;
  ipworksauth_engine_facts facts;
  ipworksauth_engine_error_info error;
  const char* why = "";
  int moved = 1;
  make_key(&host);
  make_key(&user);
  memset(&host_row, 0, sizeof host_row);
  memset(&user_row, 0, sizeof user_row);
  host_row.public_blob = host.blob;
  host_row.public_blob_len = sizeof host.blob;
  user_row.public_blob = user.blob;
  user_row.public_blob_len = sizeof user.blob;
  memset(&c, 0, sizeof c);
  c.struct_size = sizeof c;
  c.role = IPWORKSAUTH_CLIENT;
  c.provider = test_tiny_provider();
  c.user = "alice";
  c.methods = methods;
  c.identities = &user_row;
  c.num_identities = 1;
  c.max_packet = 8192;
  s = c;
  s.role = IPWORKSAUTH_SERVER;
  s.host_keys = &host_row;
  s.num_host_keys = 1;
  check(ipworksauth_engine_size(&c) <= sizeof client_block, "a client fits its block");
  if (ipworksauth_engine_create(&client, client_block.octets, sizeof client_block, &c, &why) != 0 ||
      ipworksauth_engine_create(&server, server_block.octets, sizeof server_block, &s, &why) != 0) {
    fprintf(stderr, "create: %s\n", why);
    return -1;
  }
  while (moved) {
    work(client, &user, password, NULL);
    moved = carry(client, server);
    work(server, &host, "", &user);
    moved |= carry(server, client);
  }
  ipworksauth_engine_get_facts(client, &facts);
  ipworksauth_engine_error(client, &error);
  ipworksauth_engine_destroy(client);
  ipworksauth_engine_destroy(server);
  if (facts.stage == IPWORKSAUTH_STAGE_OPEN) return 1;
  return error.code == IPWORKSAUTH_E_AUTH_FAILED ? 0 : -1;
}

/* Whether a configuration that wants GSSAPI is refused with a sentence that says so. */
static int refuses_gssapi(const char* methods, const char* kex, const ipworksauth_gss* gss) {
  ipworksauth_engine_config c;
  ipworksauth_engine* e = NULL;
  const char* why = "";
  memset(&c, 0, sizeof c);
  c.struct_size = sizeof c;
  c.role = IPWORKSAUTH_CLIENT;
  c.provider = test_tiny_provider();
  c.user = "alice";
  c.methods = methods;
  c.kex_algorithms = kex;
  c.gss = gss;
  return ipworksauth_engine_size(&c) == 0 &&
         ipworksauth_engine_create(&e, client_block.octets, sizeof client_block, &c, &why) ==
             IPWORKSAUTH_E_ARGUMENT &&
         e == NULL && strstr(why, "GSSAPI") != NULL;
}

static void check_gssapi(void) {
  ipworksauth_gss none;
  memset(&none, 0, sizeof none);
  check(refuses_gssapi("gssapi-with-mic", NULL, NULL), "gssapi-with-mic is refused");
  check(refuses_gssapi("password,gssapi-keyex", NULL, NULL), "gssapi-keyex is refused");
  check(refuses_gssapi("password", "gss-curve25519-sha256-toWM5Slw5Ew8Mqkay+al2g==", NULL),
        "a key exchange by GSSAPI is refused");
  check(refuses_gssapi("password", NULL, &none), "a mechanism that is none is refused");
}

int main(void) {
  check(sodium_init() >= 0, "libsodium starts");
  check_gssapi();
  check(login("password", "secret") == 1, "password");
  check(login("password", "wrong") == 0, "a wrong password is refused");
  check(login("publickey", "") == 1, "publickey");
  printf("%d passed, %d failed, 0 skipped\n", passed, failed);
  return failed != 0;
}
