// Which library context of libcrypto the rows fetch their algorithms from: the default one, which
// the system's configuration governs, or a private one that has a FIPS module and nothing else; and
// for a few another private one, with the provider "legacy".
//
// The choice of the first two is the process's, not a login's: the one state of this library that
// objects share. It may be changed at any time from any thread; a row that was begun before keeps
// what it fetched. The private contexts are made once and kept until the process ends, because rows
// may be using them.
#pragma once

#include <openssl/types.h>

#include <cstddef>

namespace sshauth::openssl {

// Null: the default one.
OSSL_LIB_CTX* library() noexcept;

// Loads libcrypto's provider "fips" and has every algorithm fetched from it from now on (property
// query fips=yes). False: it cannot be had, nothing has changed, and `why`, of `why_len` octets,
// says what libcrypto says, NUL-terminated.
[[nodiscard]] bool use_fips(char* why, std::size_t why_len) noexcept;
// The default context again.
void use_default() noexcept;

// libcrypto keeps RC4, Blowfish and CAST-128 in its provider "legacy", a module of its own, which
// is loaded the first time that anybody asks here. Loaded into the default context it would change
// what the host's own use of libcrypto finds there: hence the private one. True: it is there, and
// the process is not bound to approved algorithms.
[[nodiscard]] bool has_legacy() noexcept;
// Why it is not, in libcrypto's words; "" when it is.
const char* legacy_missing() noexcept;

// Where a row's algorithm comes from.
enum class Source : unsigned char { usual, legacy };
// False: nothing is to be had from there.
[[nodiscard]] bool context_of(Source source, OSSL_LIB_CTX*& out) noexcept;

// Frees the private contexts, when this library is unloaded and nothing uses them any more. A
// context that goes while its providers are loaded loses some kilobytes: they are unloaded first.
void let_go() noexcept;

}  // namespace sshauth::openssl
