#include "abi/key_store.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "ipworksauth/sshauth.h"
#include "lib/crypto/providers.hpp"
#include "lib/keys/fingerprint.hpp"

namespace sshauth::abi {

namespace {

constexpr std::size_t kMaxFolderKeys = 64;
constexpr std::size_t kMaxFileName = 4096;

enum class From { folder, file, data, either, nowhere };

struct StoreRow {
  int type;
  std::string_view name;
  From from;
  bool public_only;
};

constexpr StoreRow kStores[] = {
    {IPWORKSAUTH_CST_USER, "the user's key folder", From::folder, false},
    {IPWORKSAUTH_CST_MACHINE, "the machine's key folder", From::folder, false},
    {IPWORKSAUTH_CST_PFX_FILE, "PKCS#12", From::nowhere, false},
    {IPWORKSAUTH_CST_PFX_BLOB, "PKCS#12", From::nowhere, false},
    {IPWORKSAUTH_CST_JKS_FILE, "Java key store", From::nowhere, false},
    {IPWORKSAUTH_CST_JKS_BLOB, "Java key store", From::nowhere, false},
    {IPWORKSAUTH_CST_PEM_KEY_FILE, "private key file", From::file, false},
    {IPWORKSAUTH_CST_PEM_KEY_BLOB, "private key", From::data, false},
    {IPWORKSAUTH_CST_PUBLIC_KEY_FILE, "public key file", From::file, true},
    {IPWORKSAUTH_CST_PUBLIC_KEY_BLOB, "public key", From::data, true},
    {IPWORKSAUTH_CST_SSH_PUBLIC_KEY_BLOB, "SSH public key", From::data, true},
    {IPWORKSAUTH_CST_P7B_FILE, "PKCS#7", From::nowhere, false},
    {IPWORKSAUTH_CST_P7B_BLOB, "PKCS#7", From::nowhere, false},
    {IPWORKSAUTH_CST_SSH_PUBLIC_KEY_FILE, "SSH public key file", From::file, true},
    {IPWORKSAUTH_CST_PPK_FILE, "PuTTY key", From::nowhere, false},
    {IPWORKSAUTH_CST_PPK_BLOB, "PuTTY key", From::nowhere, false},
    {IPWORKSAUTH_CST_XML_FILE, "XML key", From::nowhere, false},
    {IPWORKSAUTH_CST_XML_BLOB, "XML key", From::nowhere, false},
    {IPWORKSAUTH_CST_JWK_FILE, "JSON web key", From::nowhere, false},
    {IPWORKSAUTH_CST_JWK_BLOB, "JSON web key", From::nowhere, false},
    {IPWORKSAUTH_CST_SECURITY_KEY, "FIDO security key", From::nowhere, false},
    {IPWORKSAUTH_CST_BCFKS_FILE, "BCFKS key store", From::nowhere, false},
    {IPWORKSAUTH_CST_BCFKS_BLOB, "BCFKS key store", From::nowhere, false},
    {IPWORKSAUTH_CST_PKCS11, "PKCS#11 token", From::nowhere, false},
    {IPWORKSAUTH_CST_AUTO, "key or key file", From::either, false},
};

const StoreRow* store_row(int type) noexcept {
  for (const StoreRow& row : kStores)
    if (row.type == type) return &row;
  return nullptr;
}

int code_of(KeyErrc why) noexcept {
  switch (why) {
    case KeyErrc::io: return kCannotOpenFile;
    case KeyErrc::unsupported_type: return kUnavailable;
    case KeyErrc::cannot_sign: return kNoPrivateKey;
    case KeyErrc::bad_argument: return kBadArgument;
    default: return kBadStore;
  }
}

Refusal refusal_of(const KeyError& error) { return {code_of(error.code), error.text}; }

LoadOptions options_for(std::string_view password, bool public_only) {
  LoadOptions options;
  if (!password.empty()) options.passphrase = password;
  options.public_only = public_only;
  return options;
}

KeyPtr keep(Identity identity) { return std::make_shared<const Identity>(std::move(identity)); }

// base64 with white space anywhere in it.
std::optional<Blob> loose_base64(std::string_view text) {
  std::string dense;
  for (const char c : text)
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') dense += c;
  std::optional<Blob> octets = dense.empty() ? std::nullopt : base64_decode(dense);
  secure_wipe(dense.data(), dense.size());
  return octets;
}

// The bare SSH encoding of a public key.
bool read_blob(Bytes blob, KeyPtr& out) {
  PublicKeyView view;
  if (!decode_public_blob(blob, view).ok()) return false;
  out = keep(Identity(Blob(blob.begin(), blob.end()), "", "SSH public key blob"));
  return true;
}

// Contents: in a format that lib/keys tells apart, a blob, or base64 of either.
Refusal read_data(std::string_view data, const LoadOptions& options, KeyPtr& out) {
  KeyResult loaded = load_identity(as_bytes(data), options);
  if (loaded) {
    out = keep(std::move(*loaded));
    return {};
  }
  if (loaded.error().code != KeyErrc::unknown_format) return refusal_of(loaded.error());
  if (read_blob(as_bytes(data), out)) return {};
  std::optional<Blob> inner = loose_base64(data);
  if (!inner) return refusal_of(loaded.error());
  Refusal refusal;
  if (!read_blob(*inner, out)) {
    KeyResult again = load_identity(*inner, options);
    if (again)
      out = keep(std::move(*again));
    else
      refusal = refusal_of(again.error());
  }
  secure_wipe(*inner);
  return refusal;
}

Refusal read_store_file(const std::string& path, const LoadOptions& options, KeyPtr& out) {
  KeyResult loaded = load_identity_file(path, options);
  if (!loaded) return refusal_of(loaded.error());
  out = keep(std::move(*loaded));
  return {};
}

bool looks_like_file_name(std::string_view store) noexcept {
  return !store.empty() && store.size() <= kMaxFileName &&
         store.find_first_of(std::string_view("\n\r\0", 3)) == store.npos;
}

// The usual names first, in the order ssh tries them, then the others by name.
std::vector<std::string> folder_entries(const std::filesystem::path& folder, bool machine) {
  std::vector<std::string> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    const bool fits = machine ? name.starts_with("ssh_host_") && name.ends_with("_key")
                              : name.starts_with("id_") && !name.ends_with(".pub");
    if (fits && found.size() < kMaxFolderKeys) found.push_back(name);
  }
  const auto rank = [](const std::string& name) {
    for (int i = 0; const std::string_view type : {"ed25519", "ecdsa", "rsa"}) {
      if (name.find(type) != name.npos) return i;
      ++i;
    }
    return 3;
  };
  std::sort(found.begin(), found.end(), [&](const std::string& a, const std::string& b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : a < b;
  });
  return found;
}

Refusal open_folder(const StoreSpec& spec, std::vector<KeyPtr>& keys) {
  const bool machine = spec.type == IPWORKSAUTH_CST_MACHINE;
  const char* home = std::getenv("HOME");
  if (!machine && (home == nullptr || *home == '\0'))
    return {kBadStore, "SSHCertStore: HOME is not set, so there is no key folder; name a key file"};
  const std::filesystem::path folder =
      machine ? std::filesystem::path("/etc/ssh") : std::filesystem::path(home) / ".ssh";
  std::vector<std::string> names{std::string(spec.store)};
  if (spec.store.empty() || spec.store == "MY") names = folder_entries(folder, machine);
  if (names.empty())
    return {kBadStore, "SSHCertStore: there is no private key in " + folder.string()};
  Refusal first;
  for (const std::string& name : names) {
    if (!looks_like_file_name(name) || name.find('/') != name.npos)
      return {kBadArgument, "SSHCertStore: a key folder's entry has no '/' in its name"};
    KeyPtr key;
    Refusal refusal = read_store_file(folder / name, options_for(spec.password, false), key);
    if (refusal.ok())
      keys.push_back(std::move(key));
    else if (first.ok())
      first = std::move(refusal);
  }
  return keys.empty() ? first : Refusal();
}

std::string key_fingerprint(const Identity& key) {
  return fingerprint(key.public_blob(), FingerprintKind::sha256_base64, default_provider());
}

}  // namespace

Refusal check_store_type(int type) {
  const StoreRow* row = store_row(type);
  const std::string named = "SSHCertStoreType: " + std::to_string(type);
  if (row == nullptr) return {kBadArgument, named + " is no store type; 0 to 23 and 99 are"};
  if (row->from == From::nowhere)
    return {kUnavailable, named + " (" + std::string(row->name) +
                              ") cannot be read in this version; convert the key to a private key "
                              "file (6) with ssh-keygen or openssl"};
  return {};
}

Refusal read_key(std::string_view data, std::string_view password, KeyPtr& out) {
  return read_data(data, options_for(password, false), out);
}

Refusal open_store(const StoreSpec& spec, std::vector<KeyPtr>& keys) {
  if (Refusal refusal = check_store_type(spec.type); !refusal.ok()) return refusal;
  const StoreRow& row = *store_row(spec.type);
  if (row.from == From::folder) return open_folder(spec, keys);
  const LoadOptions options = options_for(spec.password, row.public_only);
  KeyPtr key;
  Refusal refusal;
  if (row.from == From::file) {
    if (!looks_like_file_name(spec.store))
      return {kBadArgument, "SSHCertStore: it is not a file name, which SSHCertStoreType asks for"};
    refusal = read_store_file(std::string(spec.store), options, key);
  } else {
    refusal = read_data(spec.store, options, key);
    const bool no_data = !refusal.ok() && looks_like_file_name(spec.store);
    if (row.from == From::either && no_data)
      refusal = read_store_file(std::string(spec.store), options, key);
  }
  if (!refusal.ok()) return {refusal.code, "SSHCertStore: " + refusal.text};
  keys.push_back(std::move(key));
  return {};
}

std::string key_subject(const Identity& key) {
  return key.comment().empty() ? key_fingerprint(key) : key.comment();
}

KeyPtr find_subject(const std::vector<KeyPtr>& keys, std::string_view subject) {
  if (subject.empty()) return nullptr;
  if (subject == "*") return keys.empty() ? nullptr : keys.front();
  for (const KeyPtr& key : keys)
    if (key->comment() == subject || key_fingerprint(*key) == subject) return key;
  for (const KeyPtr& key : keys)
    if (key->comment().find(subject) != std::string::npos ||
        key_fingerprint(*key).find(subject) != std::string::npos)
      return key;
  return nullptr;
}

KeyPtr find_public(const std::vector<KeyPtr>& keys, Bytes blob) {
  for (const KeyPtr& key : keys)
    if (same_bytes(key->public_blob(), blob)) return key;
  return nullptr;
}

}  // namespace sshauth::abi
