// Keys on PKCS#11 tokens (OASIS PKCS#11 2.40, 3.0): smart cards, HSMs, SoftHSM, each through the
// module that its maker gives, a shared library, or through p11-kit, which knows all that are
// configured on the machine.
//
// A module is loaded and initialised once a process and stays: its state is the process's. Its
// calls block, for as long as the token takes; no deadline and no interrupt ends them. After fork
// the child has to load its keys anew.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/keys/identity.hpp"

namespace sshauth {

// Which keys: a PKCS#11 URI (RFC 7512); the path of a module, whose tokens are all looked at; or
// empty, for p11-kit's. `pin`: empty is none; a URI may have its own.
struct Pkcs11Spec {
  std::string_view store{};
  std::string_view pin{};
  // The key with this public half alone, as a blob; empty: every one. A token that shows other
  // public keys and not this one is sent no PIN.
  Bytes public_half{};
  // Without a PIN the public halves that a token shows will do.
  bool public_halves = false;
  // Show `pin` even where a wrong one would lock the token: for a person who was told and typed
  // it. Programs repeat what they have stored, and would lock it without anybody's knowing; so
  // would a URI's own PIN, which this is not for.
  bool last_try = false;
};

struct Pkcs11Key {
  Identity identity;  // its comment is the object's label
  std::string uri;    // names it for the next time, with its module and without a PIN
};

// The keys that can sign: those that are private objects, with their public halves from the same
// object, from a public key or from a certificate beside it, which is their X.509 chain then.
//
// wrong_passphrase: the token refuses the PIN. needs_passphrase: it wants one. Both say where few
// tries are left. cannot_sign: it is locked, or would be by a wrong PIN (last_try). not_found: no
// token, or no key, fits. io: the module cannot be loaded. bad_argument: the URI is not well
// formed, or several tokens want the PIN, which is shown to one alone.
KeyError load_pkcs11(const Pkcs11Spec& spec, std::vector<Pkcs11Key>& out);

}  // namespace sshauth
