// The SSHCert properties: which store, which key of it, and the key that was chosen.
//
// The subject of a key is the distinguished name in its certificate. One without a certificate has
// none; its subject is its comment, or where it has none its SHA-256 fingerprint.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "abi/refusal.hpp"
#include "lib/keys/load.hpp"

namespace sshauth::abi {

struct StoreSpec {
  int type = 0;                  // IPWORKSAUTH_CST_...
  std::string_view store;        // file name, folder entry or contents, by type
  std::string_view password;     // of a token or security key its PIN
  std::string_view sk_provider;  // the setting SecurityKeyProvider
  bool last_try = false;         // the setting PKCS11LastTry
  std::string_view pin{};        // of a token or security key, where it is not the password
  bool public_halves = false;    // of a token: what it shows without its PIN will do
};

using KeyPtr = std::shared_ptr<const Identity>;

// Refuses a store type that does not exist (10022) or has no reader in this version (1005).
Refusal check_store_type(int type);

// Else it may be a key itself, and is not told back.
bool looks_like_file_name(std::string_view store) noexcept;

// The object's code for what is wrong with a key or a key store.
int store_error_code(KeyErrc why) noexcept;
// And back: `ok` for a code that stands for several, or for none.
KeyErrc store_key_errc(int code) noexcept;

// Every key of the store, at least one. What was passed over beside them, a folder's files too, is
// counted in `passed_over`.
Refusal open_store(const StoreSpec& spec, std::vector<KeyPtr>& keys, PassedOver& passed_over);

// The first key whose subject, comment (in a key store its friendly name) or fingerprint is
// `subject`, else contains it; "*": the first choice. Null: none.
KeyPtr find_subject(const std::vector<KeyPtr>& keys, std::string_view subject);
// The first key that has a private half, else the first. Null: there is none.
KeyPtr first_choice(const std::vector<KeyPtr>& keys);
// The first key with this public half. Null: none.
KeyPtr find_public(const std::vector<KeyPtr>& keys, Bytes blob);

std::string key_subject(const Identity& key);

// What SSHCertEncoded reads: its certificate in PEM, or where it has none its public key line.
std::string key_encoded(const Identity& key);

// A public or private key given as text, base64 or blob.
Refusal read_key(std::string_view data, std::string_view password, KeyPtr& out);

}  // namespace sshauth::abi
