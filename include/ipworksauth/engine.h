/* engine.h: SSH-2 transport and user authentication without I/O (RFC 4251-4253, 4256, 8308, 8332).
 *
 * An engine is one side, client or server, of one connection: octets in, octets out, one event at
 * a time. It opens no socket, reads no clock, starts no thread and takes no memory after creation.
 * It ends where the user is authenticated: it opens no channels.
 *
 *   while (1) {
 *     while (ipworksauth_engine_next_event(e, &ev) == 1) { look at it, or answer it }
 *     if (input at hand)   { ipworksauth_engine_receive(e, in, len, &used); continue; }
 *     if (ipworksauth_engine_pending(e, &out, &len) == 1)
 *       { n = write(..., out, len); ipworksauth_engine_sent(e, n); }
 *     wait for input, or until ipworksauth_engine_deadline; ipworksauth_engine_tick(e, now);
 *   }
 *
 * Write only when no event is left: then a flight is one write, and the engine speaks as soon as
 * the protocol allows, three flights from the identification string to success.
 *
 * Results: 1 yes, 0 no / nothing (also success of a call that has only one), negative an error of
 * IPWORKSAUTH_E_... below. After a usage error (-1..-99) the engine is unchanged. After any other
 * it has ended: the first error stays, ipworksauth_engine_error tells it, and what is pending, a
 * last SSH_MSG_DISCONNECT included, can still be sent.
 *
 * Ownership: the configuration is copied. Views in events and from getters belong to the engine
 * and hold until the next call of next_event, receive, an answer, or destroy. Input, answers and
 * secrets given to a call are not kept beyond it. One engine is used from one thread at a time.
 * All lengths count octets, all times milliseconds. Texts are UTF-8 as they came from the peer:
 * not NUL-terminated and not filtered.
 */
#ifndef IPWORKSAUTH_ENGINE_H
#define IPWORKSAUTH_ENGINE_H

#include "ipworksauth/api.h"
#include "ipworksauth/provider.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ipworksauth_engine ipworksauth_engine;

/* A borrowed view. */
typedef struct ipworksauth_octets {
  const uint8_t* data;
  size_t len;
} ipworksauth_octets;

/* ---- errors -------------------------------------------------------------------------------- */

/* Usage: -1..-99. The peer broke the protocol or failed a proof: -100..-199. We could not or would
 * not go on: -200..-299. */
enum {
  IPWORKSAUTH_OK = 0,
  IPWORKSAUTH_E_ARGUMENT = -1, /* an argument is not allowed */
  IPWORKSAUTH_E_STATE = -2,    /* not allowed now */
  IPWORKSAUTH_E_ROOM = -3,     /* the memory given is too small */
  IPWORKSAUTH_E_CLOSED = -4,   /* the engine has ended */
  IPWORKSAUTH_E_PEER_DISCONNECTED = -100,
  IPWORKSAUTH_E_BAD_IDENTIFICATION = -101,
  IPWORKSAUTH_E_MALFORMED = -102,
  IPWORKSAUTH_E_UNEXPECTED_MESSAGE = -103,
  IPWORKSAUTH_E_BAD_MAC = -104,
  IPWORKSAUTH_E_BAD_LENGTH = -105,
  IPWORKSAUTH_E_NO_COMMON_ALGORITHM = -106,
  IPWORKSAUTH_E_STRICT_KEX_REFUSED = -107,
  IPWORKSAUTH_E_BAD_DH_VALUE = -108,
  IPWORKSAUTH_E_BAD_EC_VALUE = -109,
  IPWORKSAUTH_E_BAD_HOST_KEY = -110,
  IPWORKSAUTH_E_BAD_SIGNATURE = -111,
  IPWORKSAUTH_E_WRONG_GUESS = -112,
  IPWORKSAUTH_E_BAD_SERVICE = -113,
  IPWORKSAUTH_E_AUTH_FAILED = -114,
  IPWORKSAUTH_E_TRIVIAL_SUCCESS = -115,
  IPWORKSAUTH_E_TOO_MUCH = -116,
  IPWORKSAUTH_E_NEEDED_UNIMPLEMENTED = -117,
  IPWORKSAUTH_E_KEEPALIVE_UNANSWERED = -118,
  IPWORKSAUTH_E_LOGIN_TIMEOUT = -119,
  IPWORKSAUTH_E_CANNOT_DECOMPRESS = -120,
  IPWORKSAUTH_E_CONNECTION_LOST = -121,
  IPWORKSAUTH_E_WEAK_KEY = -122,
  IPWORKSAUTH_E_BAD_CERTIFICATE = -123,
  IPWORKSAUTH_E_HOST_KEY_REFUSED = -200,
  IPWORKSAUTH_E_CANNOT_SIGN = -201,
  IPWORKSAUTH_E_RNG_FAILED = -202,
  IPWORKSAUTH_E_HASH_FAILED = -203,
  IPWORKSAUTH_E_CANNOT_ENCRYPT = -204,
  IPWORKSAUTH_E_PROVIDER_FAILED = -205,
  IPWORKSAUTH_E_OUTPUT_FULL = -206,
  IPWORKSAUTH_E_GAVE_UP = -207,
  IPWORKSAUTH_E_ENDED = -208,
  IPWORKSAUTH_E_INTERNAL = -209,
  IPWORKSAUTH_E_GSS_FAILED = -210 /* in a key exchange by GSSAPI */
};

/* Where an engine is. */
enum {
  IPWORKSAUTH_STAGE_IDENTIFICATION = 1, /* waiting for the peer's identification string */
  IPWORKSAUTH_STAGE_KEX = 2,            /* first key exchange, until the peer's NEWKEYS */
  IPWORKSAUTH_STAGE_SERVICE = 3,        /* "ssh-userauth" not granted yet */
  IPWORKSAUTH_STAGE_AUTH = 4,
  IPWORKSAUTH_STAGE_OPEN = 5, /* authenticated */
  IPWORKSAUTH_STAGE_ENDED = 6
};

/* ---- configuration ------------------------------------------------------------------------- */

enum { IPWORKSAUTH_CLIENT = 1, IPWORKSAUTH_SERVER = 2 };

/* identity flags */
enum {
  IPWORKSAUTH_IDENTITY_PROBE = 1 /* ask the server before asking for a signature (RFC 4252 §7) */
};

/* A public key this side can have signatures made with: a user key (client) or a host key
 * (server). The private half never enters the engine; IPWORKSAUTH_EVENT_SIGN asks for signatures.
 */
typedef struct ipworksauth_identity {
  /* RFC 4253 §6.6: the SSH encoding of the public key, or one of a certificate: OpenSSH's
   * (PROTOCOL.certkeys), or RFC 6187's, whose name at its head is the algorithm's. */
  const uint8_t* public_blob;
  size_t public_blob_len;
  /* Signature algorithms it may be used with, in order; NULL: all that fit its type. A weak one
   * must stand in sig_algorithms (host_key_algorithms of a server) too. */
  const char* algorithms;
  uint32_t flags;
} ipworksauth_identity;

/* Fill with zeros, set struct_size, role and provider, then what differs from the defaults, which
 * every 0 or NULL stands for. Lists are name-lists: names separated by commas, in order of
 * preference; a name that the provider has no row for is refused. A list of algorithms that is NULL
 * stands for all the provider has, in its order, but those with the mark `weak` (provider.h). A
 * list or text has 4096 octets at most, and what could not be sent in packets of max_packet is
 * refused: nothing is ever cut.
 */
typedef struct ipworksauth_engine_config {
  size_t struct_size; /* sizeof(ipworksauth_engine_config) */
  uint32_t role;      /* IPWORKSAUTH_CLIENT or IPWORKSAUTH_SERVER */
  const ipworksauth_provider* provider;

  /* RFC 4253 §4.2: "SSH-2.0-software[ comments]", printable US-ASCII, at most 253 octets. */
  const char* identification;
  /* NULL: those by GSSAPI (gss-*), which prove the host in place of its key, only where `methods`
   * (a server: `auth_methods`) has gssapi-keyex; there they come first. */
  const char* kex_algorithms;
  /* Client: those accepted, certificates only where they are named, as their keys come as
   * certificates to IPWORKSAUTH_EVENT_HOST_KEY. Server: those of host_keys. */
  const char* host_key_algorithms;
  const char* ciphers;      /* both directions */
  const char* macs;         /* both directions */
  const char* compressions; /* both directions; "none" unless told */

  /* Strict key exchange (OpenSSH PROTOCOL 1.10): 0 default, 1 off, 2 offered, 3 offered, and
   * without it no cipher or MAC is accepted that the Terrapin attack can use, 4 required.
   * Default: 2. */
  uint32_t strict_kex;
  /* The first kex init before the peer's lists are known: 0 or 1 default: when guess_hint says that
   * the guess is right, flagged as RFC 4253 §7.1 has it; 2 never; 3 always and unflagged. */
  uint32_t kex_guess;
  const char* guess_hint; /* as IPWORKSAUTH_TEXT_GUESS_HINT gave after an earlier connection */
  /* 0 or 1: SERVICE_REQUEST and the first USERAUTH_REQUEST leave with NEWKEYS; 2: step by step. */
  uint32_t pipelining;

  uint32_t max_packet;         /* packet_length at most; 35,000 (RFC 4253 §6.1), at least 2,048 */
  uint64_t rekey_octets;       /* re-exchange after so many octets either way; 1 GiB */
  uint64_t rekey_packets;      /* and after so many packets either way; 2^31 */
  uint64_t rekey_time;         /* and after so long; 3,600,000 (RFC 4253 §9) */
  uint64_t login_timeout;      /* from the first tick to success, open questions not counted; off */
  uint64_t keepalive_interval; /* silence before a keep-alive is sent, once authenticated; off */
  uint32_t keepalive_count;    /* unanswered keep-alives before the peer is given up; 5 */
  uint32_t max_rekeys;         /* re-exchanges before authentication ends; 16 */
  /* The GSSAPI mechanism of this side; NULL: none, and what needs one is refused. The engine keeps
   * the pointer. Tokens may have max_packet less 512 octets. Where kex_algorithms has gss-*
   * methods, a client makes its first token before it offers them, and leaves them out where it
   * cannot; it also offers the host key algorithm "null" then (RFC 4462 §5). A re-exchange offers
   * them only where the exchange before was by one of them, with a context of its own. */
  const ipworksauth_gss* gss;
  size_t trace_len;      /* octets kept for ipworksauth_engine_trace; 0: no trace */
  uint32_t trace_octets; /* 1: records hold the payload, secret fields overwritten by '*' */
  /* RSA keys of either side, and of a certificate's authority, are refused below so many bits:
   * 2048; 1024 to 16384. */
  uint32_t min_rsa_bits;

  /* client */
  /* Group exchange (RFC 4419): the length in bits that the server's modulus has at least, at best
   * and at most; 2,048, 3,072 and 8,192. Within 1,024 to 8,192, and in this order. A server's group
   * that is out of it, or not a safe prime's, is refused. */
  uint32_t group_bits_least;
  uint32_t group_bits;
  uint32_t group_bits_most;
  const char* user;    /* UTF-8; "" allowed */
  const char* service; /* "ssh-connection" */
  /* Methods to authenticate with, in order: "none", "password", "publickey",
   * "keyboard-interactive", "gssapi-with-mic", "gssapi-keyex", "custom". Each is tried when the
   * server lists it, again after a partial success; publickey with each identity in turn, the two
   * of GSSAPI until they succeed once. gssapi-keyex needs a first key exchange by GSSAPI. */
  const char* methods;
  /* 1: a refused method is followed by the next; 0: it ends the login. */
  uint32_t try_all;
  const ipworksauth_identity* identities;
  size_t num_identities;
  /* Signature algorithms that may be used with identities; NULL: all but weak ones. A certificate
   * may be used where its own algorithm is named, or the plain one that it signs by. A key has
   * several only where it is RSA: the best that the server takes comes first, SHA-1 last. Each is
   * tried once. Without server-sig-algs (RFC 8308 §3.1) they are tried one after the other; with it
   * those of RFC 8332 that it names, the second of them when all identities were refused. */
  const char* sig_algorithms;
  uint32_t password_tries; /* times a refused password or keyboard-interactive is asked again; 1 */
  const char* submethods;  /* keyboard-interactive submethods hint (RFC 4256 §3.1); "" */
  uint32_t gss_delegate;   /* 1: asks for the user's credentials to be delegated to the server */

  /* server */
  const ipworksauth_identity* host_keys;
  size_t num_host_keys;
  const char* banner;       /* SSH_MSG_USERAUTH_BANNER before the first answer; NULL: none */
  const char* auth_methods; /* methods that can continue, as told to clients */
  uint32_t max_attempts;    /* refused requests before the connection is ended; 6 */
} ipworksauth_engine_config;

/* ---- life ---------------------------------------------------------------------------------- */

/* Octets that an engine of this configuration needs, or 0 when the configuration is refused. */
IPWORKSAUTH_API size_t ipworksauth_engine_size(const ipworksauth_engine_config* config);

/* Makes an engine in `block`, which is `block_len` octets, aligned to 16, and belongs to the engine
 * until destroy. The client's identification string is pending at once.
 * Returns 0 and the engine in `*out`; IPWORKSAUTH_E_ARGUMENT where the configuration or an argument
 * is refused; IPWORKSAUTH_E_ROOM where the block is too small; another error where the first flight
 * cannot be made (IPWORKSAUTH_E_RNG_FAILED, IPWORKSAUTH_E_PROVIDER_FAILED). `*why`, if `why` is not
 * NULL, is then a constant sentence that says what was wrong.
 */
IPWORKSAUTH_API int ipworksauth_engine_create(ipworksauth_engine** out, void* block,
                                              size_t block_len,
                                              const ipworksauth_engine_config* config,
                                              const char** why);

/* Ends the engine and wipes its block, which is the caller's again. NULL is allowed. */
IPWORKSAUTH_API void ipworksauth_engine_destroy(ipworksauth_engine* e);

/* create and destroy with memory from the C library; absent from the freestanding core. */
IPWORKSAUTH_API int ipworksauth_engine_new(ipworksauth_engine** out,
                                           const ipworksauth_engine_config* config,
                                           const char** why);
IPWORKSAUTH_API void ipworksauth_engine_free(ipworksauth_engine* e);

/* ---- octets -------------------------------------------------------------------------------- */

/* Gives the engine octets that came from the peer and sets `*used` to how many it took: fewer than
 * `len` only when its buffer is full, which next_event and answers empty. Nothing is looked at yet.
 * Returns 0 or IPWORKSAUTH_E_CLOSED (with `*used` = len: a peer that goes on talking is no error).
 */
IPWORKSAUTH_API int ipworksauth_engine_receive(ipworksauth_engine* e, const uint8_t* in, size_t len,
                                               size_t* used);
/* Tells that the peer will send no more (end of file, reset). Ends the engine with
 * IPWORKSAUTH_E_CONNECTION_LOST once what had arrived was looked at. */
IPWORKSAUTH_API int ipworksauth_engine_receive_end(ipworksauth_engine* e);

/* What is to be sent: 1 with a view in `*out` and `*len`, 0 when there is nothing. */
IPWORKSAUTH_API int ipworksauth_engine_pending(const ipworksauth_engine* e, const uint8_t** out,
                                               size_t* len);
/* `len` octets of what was pending have left. IPWORKSAUTH_E_ARGUMENT when more than was pending. */
IPWORKSAUTH_API int ipworksauth_engine_sent(ipworksauth_engine* e, size_t len);

/* Tells the time, on any clock that does not go back. Needed only for limits that count time. */
IPWORKSAUTH_API int ipworksauth_engine_tick(ipworksauth_engine* e, uint64_t now);
/* When tick should be called next at the latest, on the clock of the last tick: 1 with the time in
 * `*when`, 0 when no limit is running. */
IPWORKSAUTH_API int ipworksauth_engine_deadline(const ipworksauth_engine* e, uint64_t* when);

/* ---- events -------------------------------------------------------------------------------- */

/* Told: look or ignore. Asked (from 64): the engine opens nothing more until it is answered, now or
 * days later, and next_event repeats the question.
 *
 * A client that is asked to SIGN, which may take as long as a person does, still listens: what the
 * server says meanwhile is told by the next calls of next_event, and the question, which stays open
 * and can be answered at any time, is repeated behind it; only a re-exchange waits for the answer,
 * with all behind it. A server that ends the connection takes the question back: ENDED comes. */
enum {
  IPWORKSAUTH_EVENT_NONE = 0,
  IPWORKSAUTH_EVENT_IDENTIFIED = 1,    /* text: the peer's identification string without CR LF */
  IPWORKSAUTH_EVENT_NEGOTIATED = 2,    /* names by ipworksauth_engine_text; flags: REKEY */
  IPWORKSAUTH_EVENT_KEYS_ACTIVE = 3,   /* both directions use the new keys; flags: REKEY */
  IPWORKSAUTH_EVENT_EXT_INFO = 4,      /* text: server-sig-algs (RFC 8308 §3.1), may be empty */
  IPWORKSAUTH_EVENT_BANNER = 5,        /* text, language (RFC 4252 §5.4) */
  IPWORKSAUTH_EVENT_ATTEMPT = 6,       /* a request leaves: method; algorithm and key for publickey;
                                          flags: PROBE */
  IPWORKSAUTH_EVENT_REFUSED = 7,       /* method; text: methods that can continue; flags: PARTIAL */
  IPWORKSAUTH_EVENT_AUTHENTICATED = 8, /* method; server: user */
  IPWORKSAUTH_EVENT_DEBUG = 9,         /* text: SSH_MSG_DEBUG with always_display */
  IPWORKSAUTH_EVENT_ENDED = 10,     /* the last: code, text; ipworksauth_engine_error has it all */
  IPWORKSAUTH_EVENT_PRELINE = 11,   /* client: text: a line before the identification string */
  IPWORKSAUTH_EVENT_GSS_ERROR = 12, /* client: method, if it was one; text: what the GSSAPI
                                       mechanism says is wrong; flags: FROM_PEER for the server's */
  IPWORKSAUTH_EVENT_HOST_PROVED = 13, /* client: the key exchange's GSSAPI mechanism proved the
                                         host, so no HOST_KEY is asked; key: what it sent along and
                                         proved with it, for the record, or empty; flags: REKEY */

  IPWORKSAUTH_EVENT_HOST_KEY = 64,     /* client: key, algorithm; data: its signature over the
                                          exchange hash (the session identifier unless flags has
                                          REKEY), which is verified, and so is the authority's where
                                          key is an OpenSSH certificate. answer_host_key */
  IPWORKSAUTH_EVENT_SIGN = 65,         /* key, algorithm (the plain one also where the key is a
                                          certificate), data, index of the identity or host key.
                                          answer_signature or answer_private_key */
  IPWORKSAUTH_EVENT_PASSWORD = 66,     /* client: user; flags: AGAIN. answer_password */
  IPWORKSAUTH_EVENT_NEW_PASSWORD = 67, /* client: text: prompt, language. answer_new_password */
  IPWORKSAUTH_EVENT_PROMPTS = 68,  /* client: name, text: instruction, num: prompts (engine_prompt).
                                      answer_prompts */
  IPWORKSAUTH_EVENT_CUSTOM = 69,   /* client: data: the server's last message, empty at first.
                                      answer_custom */
  IPWORKSAUTH_EVENT_REQUEST = 80,  /* server: user, method and, by method, data: password and
                                      new_data: new password with flags CHANGE; key, algorithm,
                                      flags PROBE or SIGNED (and verified); text: submethods;
                                      name: who the mechanism says the client is, by a MIC that
                                      was verified (GSSAPI), flags DELEGATED.
                                      answer_request, answer_change, answer_ask */
  IPWORKSAUTH_EVENT_RESPONSES = 81 /* server: user, num: responses (engine_prompt).
                                      answer_request, answer_ask */
};
enum {
  IPWORKSAUTH_FLAG_REKEY = 1,
  IPWORKSAUTH_FLAG_PARTIAL = 2, /* RFC 4252 §5.1 partial success */
  IPWORKSAUTH_FLAG_PROBE = 4,   /* publickey without a signature */
  IPWORKSAUTH_FLAG_SIGNED = 8,
  IPWORKSAUTH_FLAG_CHANGE = 16,
  IPWORKSAUTH_FLAG_AGAIN = 32, /* the last answer was refused */
  IPWORKSAUTH_FLAG_FROM_PEER = 64,
  IPWORKSAUTH_FLAG_DELEGATED = 128 /* with credentials to act for the user */
};

typedef struct ipworksauth_event {
  uint32_t kind; /* IPWORKSAUTH_EVENT_... */
  int32_t code;
  uint32_t flags;
  uint32_t num;
  uint32_t index;
  ipworksauth_octets text, language;
  ipworksauth_octets user, method, name;
  ipworksauth_octets key, algorithm;
  ipworksauth_octets data, new_data;
} ipworksauth_event;

/* Works on what was received until something happens. 1: `*ev` holds it; 0: more input is needed
 * (or output must be sent). After IPWORKSAUTH_EVENT_ENDED always 0. */
IPWORKSAUTH_API int ipworksauth_engine_next_event(ipworksauth_engine* e, ipworksauth_event* ev);

/* Prompt (client) or response (server) `i` of the event just returned. `echo` may be NULL. */
IPWORKSAUTH_API int ipworksauth_engine_prompt(const ipworksauth_engine* e, uint32_t i,
                                              ipworksauth_octets* text, int* echo);

/* ---- answers ------------------------------------------------------------------------------- */
/* Each returns 0; IPWORKSAUTH_E_STATE when that question is not open; IPWORKSAUTH_E_ARGUMENT when
 * the answer cannot be sent (the question stays open); IPWORKSAUTH_E_CLOSED. */

enum { IPWORKSAUTH_ACCEPT_HOST_KEY = 0x41435054 };
/* Any verdict but IPWORKSAUTH_ACCEPT_HOST_KEY refuses and ends the engine. */
IPWORKSAUTH_API int ipworksauth_engine_answer_host_key(ipworksauth_engine* e, uint32_t verdict);

/* The SSH encoding of the signature (RFC 4253 §6.6: string algorithm, string signature), as agents
 * give it. The algorithm must be the one asked for. NULL: this key cannot sign; the client goes on
 * with its next identity, a server ends. */
IPWORKSAUTH_API int ipworksauth_engine_answer_signature(ipworksauth_engine* e,
                                                        const uint8_t* signature, size_t len);
/* Signs with the provider's row for the algorithm asked for. */
IPWORKSAUTH_API int ipworksauth_engine_answer_private_key(ipworksauth_engine* e,
                                                          const ipworksauth_private_key* key);

/* NULL: there is none; the client goes on with its next method. */
IPWORKSAUTH_API int ipworksauth_engine_answer_password(ipworksauth_engine* e, const char* password,
                                                       size_t len);
/* `new_password` NULL: there is none; the client goes on with its next method. */
IPWORKSAUTH_API int ipworksauth_engine_answer_new_password(ipworksauth_engine* e,
                                                           const char* old_password, size_t old_len,
                                                           const char* new_password,
                                                           size_t new_len);
/* As many responses as prompts. NULL with num 0 where there are prompts: none will be given; the
 * client goes on with its next method. */
IPWORKSAUTH_API int ipworksauth_engine_answer_prompts(ipworksauth_engine* e,
                                                      const ipworksauth_octets* responses,
                                                      size_t num);
/* A whole message, number first (50..79). NULL: give up. */
IPWORKSAUTH_API int ipworksauth_engine_answer_custom(ipworksauth_engine* e, const uint8_t* payload,
                                                     size_t len);

enum {
  IPWORKSAUTH_REFUSE = 0,
  IPWORKSAUTH_ACCEPT = 1, /* the user is authenticated (for a probe: the key would do) */
  IPWORKSAUTH_PARTIAL = 2 /* this step succeeded, others must follow */
};
/* `can_continue` lists the methods that can continue; NULL: config.auth_methods. */
IPWORKSAUTH_API int ipworksauth_engine_answer_request(ipworksauth_engine* e, uint32_t verdict,
                                                      const char* can_continue);
/* SSH_MSG_USERAUTH_PASSWD_CHANGEREQ, for a password request only. */
IPWORKSAUTH_API int ipworksauth_engine_answer_change(ipworksauth_engine* e, const char* prompt);
/* SSH_MSG_USERAUTH_INFO_REQUEST, for a keyboard-interactive request or after its responses. */
typedef struct ipworksauth_prompt {
  const char* text;
  int echo;
} ipworksauth_prompt;
IPWORKSAUTH_API int ipworksauth_engine_answer_ask(ipworksauth_engine* e, const char* name,
                                                  const char* instruction,
                                                  const ipworksauth_prompt* prompts, size_t num);

/* ---- actions ------------------------------------------------------------------------------- */

/* Starts a key re-exchange (RFC 4253 §9); 0 also when one is running. Not before the first. */
IPWORKSAUTH_API int ipworksauth_engine_rekey(ipworksauth_engine* e);
/* Sends SSH_MSG_IGNORE with `len` octets of chance, once keys are active. */
IPWORKSAUTH_API int ipworksauth_engine_ignore(ipworksauth_engine* e, size_t len);
/* Ends the connection: queues SSH_MSG_DISCONNECT with `reason` (RFC 4253 §11.1; 11: by
 * application) and `text` (NULL: a default). The engine has ended with IPWORKSAUTH_E_ENDED. */
IPWORKSAUTH_API int ipworksauth_engine_disconnect(ipworksauth_engine* e, uint32_t reason,
                                                  const char* text);

/* ---- facts --------------------------------------------------------------------------------- */

typedef struct ipworksauth_engine_error_info {
  int32_t code;         /* IPWORKSAUTH_E_..., 0: none */
  int32_t object_code;  /* the SSHAuth object's code for it */
  uint32_t stage;       /* where it happened */
  uint32_t peer_reason; /* the peer's RFC 4253 §11.1 reason, when it disconnected */
  const char* name;     /* "no_common_algorithm" */
  const char* text;     /* a sentence: what was expected, what came; control characters replaced */
} ipworksauth_engine_error_info;
IPWORKSAUTH_API int ipworksauth_engine_error(const ipworksauth_engine* e,
                                             ipworksauth_engine_error_info* out);

typedef struct ipworksauth_engine_facts {
  uint32_t stage;
  uint32_t flights;    /* times this side spoke after having listened */
  uint32_t rekeys;     /* completed exchanges after the first */
  uint32_t strict_kex; /* 1: agreed */
  uint32_t partial;    /* 1: the last answer was a partial success */
  uint32_t can_start_rekey;
  uint64_t octets_in, octets_out;
  uint64_t packets_in, packets_out;
  uint32_t question;   /* the open question's IPWORKSAUTH_EVENT_..., 0: none */
  uint32_t attempts;   /* authentication requests that consumed a credential */
  uint64_t trace_lost; /* trace records that found no room */
} ipworksauth_engine_facts;
IPWORKSAUTH_API int ipworksauth_engine_get_facts(const ipworksauth_engine* e,
                                                 ipworksauth_engine_facts* out);

enum {
  IPWORKSAUTH_TEXT_PEER_IDENTIFICATION = 1,
  IPWORKSAUTH_TEXT_OUR_IDENTIFICATION = 2,
  IPWORKSAUTH_TEXT_KEX = 3,
  IPWORKSAUTH_TEXT_HOST_KEY_ALGORITHM = 4,
  IPWORKSAUTH_TEXT_CIPHER_C2S = 5, /* client to server */
  IPWORKSAUTH_TEXT_CIPHER_S2C = 6,
  IPWORKSAUTH_TEXT_MAC_C2S = 7, /* "" where the cipher authenticates */
  IPWORKSAUTH_TEXT_MAC_S2C = 8,
  IPWORKSAUTH_TEXT_COMPRESSION_C2S = 9,
  IPWORKSAUTH_TEXT_COMPRESSION_S2C = 10,
  IPWORKSAUTH_TEXT_SESSION_ID = 11, /* octets */
  IPWORKSAUTH_TEXT_HOST_KEY = 12,   /* octets: the SSH public key blob */
  IPWORKSAUTH_TEXT_SERVER_SIG_ALGS = 13,
  IPWORKSAUTH_TEXT_CAN_CONTINUE = 14, /* methods that can continue, of the last refusal */
  IPWORKSAUTH_TEXT_USER = 15,
  IPWORKSAUTH_TEXT_METHOD = 16,    /* of the last request */
  IPWORKSAUTH_TEXT_GUESS_HINT = 17 /* to save for config.guess_hint; "" until known */
};
/* A view of that fact, empty while it is not known. */
IPWORKSAUTH_API int ipworksauth_engine_text(const ipworksauth_engine* e, uint32_t which,
                                            ipworksauth_octets* out);

/* One packet, sent or received, oldest first. 1: `*out` holds it and it is off the trace; 0: none.
 */
typedef struct ipworksauth_trace_record {
  uint32_t outgoing;          /* 1: sent, 0: received */
  uint32_t seq;               /* sequence number, RFC 4253 §6.4 */
  uint32_t message;           /* message number */
  uint32_t len;               /* of the payload */
  const char* name;           /* "SSH_MSG_KEXINIT", "unknown" */
  ipworksauth_octets payload; /* empty unless config.trace_octets; secret fields are '*' */
} ipworksauth_trace_record;
IPWORKSAUTH_API int ipworksauth_engine_trace(ipworksauth_engine* e, ipworksauth_trace_record* out);

#ifdef __cplusplus
}
#endif

#endif /* IPWORKSAUTH_ENGINE_H */
