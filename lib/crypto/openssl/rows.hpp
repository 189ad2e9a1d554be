// The rows over OpenSSL's libcrypto (3.0 or later). One row per algorithm, one file per family.
//
// Contexts hold pointers to libcrypto objects, which it takes from the heap; `wipe` gives them
// back. Safe from several threads on distinct contexts.
#pragma once

#include "lib/crypto/rows.hpp"

namespace sshauth::openssl {

// hashes.cpp: FIPS 180-4; RFC 1321 (fingerprints only)
extern const HashAlg sha256, sha384, sha512, sha1, md5;

// chacha20_poly1305.cpp, aes_gcm.cpp (RFC 5647), aes_ctr.cpp (RFC 4344 §4), tdes_ctr.cpp (the
// same), cbc.cpp (RFC 4253 §6.3), arcfour.cpp (RFC 4253 §6.3, RFC 4345)
extern const CipherAlg chacha20_poly1305;
extern const CipherAlg aes256_gcm, aes128_gcm;
extern const CipherAlg aes256_ctr, aes192_ctr, aes128_ctr, tdes_ctr;
extern const CipherAlg aes256_cbc, aes192_cbc, aes128_cbc, tdes_cbc;
extern const CipherAlg blowfish_cbc, cast128_cbc;
extern const CipherAlg arcfour256, arcfour128, arcfour;

// hmac.cpp: RFC 4253 §6.4, RFC 6668
extern const MacAlg hmac_sha2_256, hmac_sha2_512, hmac_sha2_256_etm, hmac_sha2_512_etm;
extern const MacAlg hmac_sha2_256_96, hmac_sha2_512_96;
extern const MacAlg hmac_sha1, hmac_sha1_96, hmac_md5, hmac_md5_96;
extern const MacAlg hmac_ripemd160, hmac_ripemd160_96;

// umac.cpp: RFC 4418
extern const MacAlg umac_64, umac_128, umac_64_etm, umac_128_etm;

// x25519.cpp (RFC 7748), ecdh.cpp (RFC 5656 §4), modp.cpp (RFC 2409, RFC 3526, RFC 4419)
extern const AgreementAlg x25519;
extern const AgreementAlg nistp256, nistp384, nistp521;
extern const AgreementAlg modp2, modp14, modp16, modp18;
extern const GroupAlg modp;
// hybrid.cpp: with ML-KEM (FIPS 203) and Streamlined NTRU Prime of the room `builtin`
extern const AgreementAlg mlkem768x25519, mlkem768nistp256, mlkem1024nistp384, sntrup761x25519;

// eddsa.cpp (RFC 8709), ecdsa.cpp (RFC 5656 §3), rsa.cpp (RFC 8332; RFC 4253 §6.6), dsa.cpp (RFC
// 4253 §6.6)
extern const SigAlg ed25519, ed448;
extern const SigAlg ecdsa_nistp256, ecdsa_nistp384, ecdsa_nistp521;
extern const SigAlg rsa_sha2_256, rsa_sha2_512, rsa_sha1;
extern const SigAlg dsa;
// sk.cpp: OpenSSH PROTOCOL.u2f; verified only
extern const SigAlg sk_ed25519, sk_ecdsa_nistp256;

// x509.cpp (RFC 5280), for Provider::x509_public_key
int x509_public_key(const std::uint8_t* der, std::size_t der_len, std::uint8_t* out,
                    std::size_t* out_len) noexcept;

// rng.cpp
int rng_fill(void* self, std::uint8_t* out, std::size_t len) noexcept;

}  // namespace sshauth::openssl
