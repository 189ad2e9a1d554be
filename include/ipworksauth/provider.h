/* provider.h: the crypto that an engine works with, as rows that a provider fills in.
 *
 * A provider is constant data: arrays of pointers to rows, one row per algorithm. A row is a name,
 * some lengths and a few functions. The engine owns all memory: before `init` (or the first
 * function) of a row it gives `ctx_len` zeroed octets, aligned to 16; after the last it calls
 * `wipe`, exactly once per started context and harmless on a zeroed one. A row may keep a pointer
 * to something of its library in there; `wipe` is where it lets go of it.
 *
 * Every function that can fail returns 1 for success and 0 for failure; anything but 1 is taken as
 * failure, and outputs of a failed call are never used. Rows must not call the engine, must not
 * keep pointers to their arguments, and must be usable from several threads on distinct contexts.
 * All lengths count octets. This header is C99 and C++.
 */
#ifndef IPWORKSAUTH_PROVIDER_H
#define IPWORKSAUTH_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A hash function (for exchange hashes, key derivation, fingerprints). */
typedef struct ipworksauth_hash_alg {
  const char* name; /* "sha1", "sha256", "sha384", "sha512", "md5" */
  size_t hash_len;
  size_t ctx_len;
  int (*init)(void* ctx);
  int (*update)(void* ctx, const uint8_t* in, size_t in_len);
  int (*finish)(void* ctx, uint8_t* hash); /* writes hash_len octets */
  void (*wipe)(void* ctx);
} ipworksauth_hash_alg;

/* How a cipher protects a packet. */
enum {
  IPWORKSAUTH_CIPHER_STREAM = 1, /* enciphers only: pairs with a MAC row (RFC 4253 §6.3, §6.4) */
  IPWORKSAUTH_CIPHER_GCM = 2,    /* RFC 5647 §7.3: the length is clear and authenticated */
  IPWORKSAUTH_CIPHER_CHACHAPOLY = 3, /* chacha20-poly1305@openssh.com: the length has its own key */
  /* As STREAM, in CBC mode: what a block deciphers to depends on what an attacker can put in its
   * place, so failures are kept from telling (CVE-2008-5161). */
  IPWORKSAUTH_CIPHER_CBC = 4
};

/* A cipher. STREAM and CBC rows fill in `crypt`; the AEAD rows `seal` and `open`, and CHACHAPOLY
 * also `read_length`. A context works in one direction; its counter or chaining state lives in it.
 */
typedef struct ipworksauth_cipher_alg {
  const char* name;       /* the wire name, exactly */
  uint32_t kind;          /* IPWORKSAUTH_CIPHER_... */
  uint32_t weak;          /* 1: taken only where a configuration names it */
  size_t key_len, iv_len; /* octets asked of the key derivation */
  size_t block_len;       /* padding multiple: 8 or more */
  size_t tag_len;         /* 0 for STREAM and CBC */
  size_t ctx_len;
  int (*init)(void* ctx, int encrypt, const uint8_t* key, const uint8_t* iv);
  /* Enciphers or deciphers `len` octets in place, a multiple of block_len. */
  int (*crypt)(void* ctx, uint8_t* data, size_t len);
  /* Deciphers the 4 octets of packet_length without changing the context. */
  int (*read_length)(void* ctx, uint32_t seq, const uint8_t* head, uint8_t* length);
  /* `packet` is the 4 octets of packet_length and what follows up to the tag, in place.
   * `open` verifies the tag first, in constant time, and deciphers only then; of CHACHAPOLY it
   * leaves the first 4 octets as they came. */
  int (*seal)(void* ctx, uint32_t seq, uint8_t* packet, size_t packet_len, uint8_t* tag);
  int (*open)(void* ctx, uint32_t seq, uint8_t* packet, size_t packet_len, const uint8_t* tag);
  void (*wipe)(void* ctx);
} ipworksauth_cipher_alg;

/* A MAC, RFC 4253 §6.4: computed over the sequence number (4 octets) and `data`.
 *
 * `begin`, `update` for each part, and `finish` compute the same in steps, in the same context; a
 * `compute` between them need not leave them undisturbed. A row without them (NULL) is not used
 * with a cipher in CBC mode unless `etm` is 1: such packets are authenticated while they come, so
 * that how long that takes tells nothing (CVE-2008-5161).
 */
typedef struct ipworksauth_mac_alg {
  const char* name; /* the wire name, exactly */
  uint32_t etm;     /* 1: over the encrypted packet (OpenSSH PROTOCOL 1.5), 0: over the clear one */
  uint32_t weak;    /* 1: taken only where a configuration names it */
  size_t key_len;
  size_t tag_len;
  size_t ctx_len;
  int (*init)(void* ctx, const uint8_t* key);
  int (*compute)(void* ctx, uint32_t seq, const uint8_t* data, size_t data_len, uint8_t* tag);
  void (*wipe)(void* ctx);
  int (*begin)(void* ctx, uint32_t seq);
  int (*update)(void* ctx, const uint8_t* data, size_t data_len);
  int (*finish)(void* ctx, uint8_t* tag);
} ipworksauth_mac_alg;

/* A source of random octets. */
typedef struct ipworksauth_rng {
  void* self;
  int (*fill)(void* self, uint8_t* out, size_t len);
} ipworksauth_rng;

/* A key agreement or key encapsulation: two parties send one public value each and share a secret.
 * The initiator (SSH client) calls `init` and, with the answer, `finish`; the responder calls
 * `respond` alone. Lengths are maxima; the functions say how many octets they wrote.
 *
 * `respond` and `finish` must refuse a peer's value of the wrong length, off the curve, of low
 * order, or outside 1 < value < p-1. The secret is the shared number in big-endian octets (leading
 * zeros allowed), for X25519 the 32 octets as they are (RFC 8731 §3.1), and for a hybrid with a key
 * encapsulation mechanism the hash of both secrets (draft-ietf-sshm-mlkem-hybrid-kex-03 §2.4).
 * Rows that need plain random octets take them from `rng`; others may use their library's own.
 */
typedef struct ipworksauth_agreement_alg {
  const char* name;  /* "x25519", "nistp256", "nistp384", "nistp521", "modp2", "modp14", "modp16",
                      * "modp18", "mlkem768x25519", "mlkem768nistp256", "mlkem1024nistp384",
                      * "sntrup761x25519" */
  size_t init_len;   /* of the initiator's value, at most */
  size_t reply_len;  /* of the responder's value, at most */
  size_t secret_len; /* at most */
  size_t ctx_len;
  int (*init)(void* ctx, const ipworksauth_rng* rng, uint8_t* value, size_t* value_len);
  int (*respond)(void* ctx, const ipworksauth_rng* rng, const uint8_t* peer, size_t peer_len,
                 uint8_t* value, size_t* value_len, uint8_t* secret, size_t* secret_len);
  int (*finish)(void* ctx, const uint8_t* peer, size_t peer_len, uint8_t* secret,
                size_t* secret_len);
  void (*wipe)(void* ctx);
} ipworksauth_agreement_alg;

/* What became of a group that was given. */
enum {
  IPWORKSAUTH_GROUP_FAILED = 0, /* a local failure */
  IPWORKSAUTH_GROUP_TAKEN = 1,
  IPWORKSAUTH_GROUP_NOT_PRIME = 2, /* p is composite */
  IPWORKSAUTH_GROUP_NOT_SAFE = 3   /* (p-1)/2 is composite */
};

/* Diffie-Hellman in a group that one side names (RFC 4419). Numbers are unsigned and big-endian.
 *
 * `pick` (responder) writes a group of the row's own that has `least` to `most` bits: the smallest
 * of `preferred` bits or more, else the largest. `*p_len` and `*g_len` are the room on entry and
 * the length on return. 0: it has none that fits.
 *
 * `set` comes before the functions of `agreement`, on their zeroed context, and gives the group
 * they work in. The engine has checked that p is odd and has the length agreed upon, 8,192 bits at
 * most, and that 1 < g < p-1; that p and (p-1)/2 are primes is for the row to find out, at a cost
 * that a hostile peer cannot raise. One of IPWORKSAUTH_GROUP_...; anything but TAKEN refuses.
 */
typedef struct ipworksauth_group_alg {
  const char* name; /* "modp" */
  int (*pick)(uint32_t least, uint32_t preferred, uint32_t most, uint8_t* p, size_t* p_len,
              uint8_t* g, size_t* g_len);
  int (*set)(void* ctx, const uint8_t* p, size_t p_len, const uint8_t* g, size_t g_len);
  ipworksauth_agreement_alg agreement;
} ipworksauth_group_alg;

/* A public key as the numbers in it, taken off the SSH key blob by the engine:
 *   ssh-ed25519            first: 32 octets
 *   ecdsa-sha2-nistp*      first: the point, uncompressed (0x04, x, y), of the curve's length
 *   ssh-ed448              first: 57 octets
 *   ssh-rsa                first: e, second: n, unsigned big-endian without leading zeros
 *   ssh-dss                first: p, second: q, third: g, fourth: y, likewise
 *   sk-...@openssh.com     first: as the type behind sk-, second: the application
 * The unused ones are NULL and 0.
 */
typedef struct ipworksauth_public_key {
  const uint8_t* first;
  size_t first_len;
  const uint8_t* second;
  size_t second_len;
  const uint8_t* third;
  size_t third_len;
  const uint8_t* fourth;
  size_t fourth_len;
} ipworksauth_public_key;

/* A private key as the numbers in it, the unused ones NULL and 0:
 *   ssh-ed25519            d: the 32-octet seed (RFC 8032), with pub.first
 *   ecdsa-sha2-nistp*      d: the scalar, big-endian, with pub.first
 *   ssh-ed448              d: the 57-octet seed, with pub.first
 *   ssh-rsa                d, p, q, iqmp with pub.first = e and pub.second = n
 *   ssh-dss                d: x, with the four numbers of pub
 */
typedef struct ipworksauth_private_key {
  ipworksauth_public_key pub;
  const uint8_t* d;
  size_t d_len;
  const uint8_t* p;
  size_t p_len;
  const uint8_t* q;
  size_t q_len;
  const uint8_t* iqmp;
  size_t iqmp_len;
} ipworksauth_private_key;

/* A signature algorithm. Signatures are bare: Ed25519 64 octets (R, S), Ed448 114; ECDSA r and s,
 * each of the curve's length, one after the other; DSA the same, 20 octets each; RSA PKCS#1 v1.5 of
 * the modulus' length. The SSH encoding
 * around them is the engine's. Those of security keys (OpenSSH PROTOCOL.u2f) have the flags, 1
 * octet, and the counter, 4 octets, behind them. `sign` may be NULL where a provider only verifies.
 */
typedef struct ipworksauth_sig_alg {
  const char* name;     /* the wire name of the signature: "rsa-sha2-512" */
  const char* key_type; /* the wire name of the key it fits: "ssh-rsa" */
  uint32_t weak;        /* 1: taken only where a configuration names it */
  int (*verify)(const ipworksauth_public_key* key, const uint8_t* message, size_t message_len,
                const uint8_t* signature, size_t signature_len);
  /* `*signature_len` is the room on entry and the length on return. */
  int (*sign)(const ipworksauth_private_key* key, const ipworksauth_rng* rng,
              const uint8_t* message, size_t message_len, uint8_t* signature,
              size_t* signature_len);
} ipworksauth_sig_alg;

/* A compression method, RFC 4253 §6.2. Each packet's payload is flushed on its own. */
typedef struct ipworksauth_compression_alg {
  const char* name; /* the wire name: "zlib", "zlib@openssh.com" */
  uint32_t delayed; /* 1: starts after SSH_MSG_USERAUTH_SUCCESS */
  size_t ctx_len;
  int (*init)(void* ctx, int compress);
  /* `*out_len` is the room on entry and the length on return; not fitting is failure. */
  int (*run)(void* ctx, const uint8_t* in, size_t in_len, uint8_t* out, size_t* out_len);
  void (*wipe)(void* ctx);
} ipworksauth_compression_alg;

/* ---- GSSAPI --------------------------------------------------------------------------------- */

enum { /* what a step of a context came to */
       IPWORKSAUTH_GSS_FAILED = 0,
       IPWORKSAUTH_GSS_DONE = 1,    /* the context is established */
       IPWORKSAUTH_GSS_CONTINUE = 2 /* a token of the peer is needed */
};
enum { /* properties of a context, RFC 2744 appendix A */
       IPWORKSAUTH_GSS_DELEGATE = 1,
       IPWORKSAUTH_GSS_MUTUAL = 2,
       IPWORKSAUTH_GSS_INTEGRITY = 32,
       /* Wanted of an initiator in a key exchange, and none of RFC 2744's: nothing but this context
        * proves who the host is. A mechanism that would speak to another host than the one that the
        * user named, because DNS or another whom nobody vouches for says so, fails. */
       IPWORKSAUTH_GSS_PROVES_HOST = 65536
};

/* A GSSAPI mechanism (RFC 2743) with the credentials and names of one side, for gssapi-with-mic,
 * gssapi-keyex and the gss-* key exchanges (RFC 4462, RFC 8732). It stays valid and unchanged as
 * long as any engine uses it. Its contexts are like those of rows: `ctx_len` zeroed octets, aligned
 * to 16, of which `wipe` is called exactly once. An engine has three at most.
 *
 * An initiator's first step may have to ask another host (Kerberos: its KDC) and then takes as long
 * as that takes; the engine waits.
 */
typedef struct ipworksauth_gss {
  size_t struct_size; /* sizeof(ipworksauth_gss) */
  /* The mechanism's object identifier in DER, tag and length included (RFC 4462 §3.2); 66 octets at
   * most. The gss-* key exchange methods name Kerberos, 1.2.840.113554.1.2.2, and no other. */
  const uint8_t* oid;
  size_t oid_len;
  void* self; /* given to every function */
  size_t ctx_len;
  /* One step of an initiator's or acceptor's context; NULL: that role is not offered. `in` is the
   * peer's token, empty at an initiator's first step. `*flags` is what is wanted on entry, and
   * after IPWORKSAUTH_GSS_DONE what the context has. `*out_len` is the room on entry (the engine's
   * max_packet less 512 octets) and on return the length of the token for the peer, 0 for none,
   * which after a failure is an error token (RFC 2743 §1.1.7.1). A token that does not fit is a
   * failure. Returns IPWORKSAUTH_GSS_...; anything else is a failure. */
  int (*initiate)(void* self, void* ctx, uint32_t* flags, const uint8_t* in, size_t in_len,
                  uint8_t* out, size_t* out_len);
  int (*accept)(void* self, void* ctx, uint32_t* flags, const uint8_t* in, size_t in_len,
                uint8_t* out, size_t* out_len);
  /* Integrity codes, RFC 2743 §2.3.1, §2.3.2, of an established context. 1 for success. */
  int (*get_mic)(void* self, void* ctx, const uint8_t* message, size_t message_len, uint8_t* mic,
                 size_t* mic_len); /* `*mic_len` is the room on entry */
  int (*verify_mic)(void* self, void* ctx, const uint8_t* message, size_t message_len,
                    const uint8_t* mic, size_t mic_len);
  /* Who the initiator of an established context is, in UTF-8. May be NULL where `accept` is.
   * `*name_len` is the room on entry. 1 for success. */
  int (*initiator_name)(void* self, void* ctx, char* name, size_t* name_len);
  /* Why the last call with this context failed, as a sentence for people in UTF-8, cut to `room`
   * octets. Returns its length; 0 where nothing is known. */
  size_t (*error_text)(void* self, void* ctx, char* text, size_t room);
  void (*wipe)(void* self, void* ctx);
} ipworksauth_gss;

/* What a provider offers; the order of rows is its order of preference, used where a configuration
 * names no algorithms; rows with the mark `weak` are left out there. Lists may be empty but for
 * `hashes`. The provider and its rows stay valid and unchanged as long as any engine uses them.
 */
typedef struct ipworksauth_provider {
  size_t struct_size; /* sizeof(ipworksauth_provider) */
  const char* name;
  const ipworksauth_hash_alg* const* hashes;
  size_t num_hashes;
  const ipworksauth_cipher_alg* const* ciphers;
  size_t num_ciphers;
  const ipworksauth_mac_alg* const* macs;
  size_t num_macs;
  const ipworksauth_agreement_alg* const* agreements;
  size_t num_agreements;
  const ipworksauth_group_alg* const* groups;
  size_t num_groups;
  const ipworksauth_sig_alg* const* sigs;
  size_t num_sigs;
  const ipworksauth_compression_alg* const* compressions;
  size_t num_compressions;
  ipworksauth_rng rng;
  /* Writes the SSH public key blob (RFC 4253 §6.6) of the key that an X.509 certificate, `der`,
   * certifies; `*out_len` is the room on entry and the length on return. It looks at nothing else
   * in the certificate, which is the host's to judge. NULL: no x509v3-* algorithm is available. */
  int (*x509_public_key)(const uint8_t* der, size_t der_len, uint8_t* out, size_t* out_len);
} ipworksauth_provider;

#ifdef __cplusplus
}
#endif

#endif /* IPWORKSAUTH_PROVIDER_H */
