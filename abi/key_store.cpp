#include "abi/key_store.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "ipworksauth/sshauth.h"
#include "lib/crypto/providers.hpp"
#include "lib/keys/certificate.hpp"
#include "lib/keys/distinguished_name.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/keys/pkcs11.hpp"
#include "lib/keys/pkcs11_uri.hpp"
#include "lib/keys/ssh_certificate.hpp"

namespace sshauth::abi {

namespace {

constexpr std::size_t kMaxFolderKeys = 64;
constexpr std::size_t kMaxFileName = 4096;

// What SSHCertStore is, by type.
enum class From { folder, file, data, either, token };

struct StoreRow {
  int type;
  std::string_view name;
  From from;
  KeyFamilies families;
  bool public_only;
};

constexpr KeyFamilies only(KeyFamily family) noexcept { return family | family; }

constexpr KeyFamilies kKeyFile = only(KeyFamily::key_file);
constexpr KeyFamilies kPkcs12 = only(KeyFamily::pkcs12);
// What Java calls a JKS file has been PKCS#12 more often than not since its version 9.
constexpr KeyFamilies kJava = KeyFamily::java | KeyFamily::pkcs12;
constexpr KeyFamilies kPkcs7 = only(KeyFamily::pkcs7);
constexpr KeyFamilies kPpk = only(KeyFamily::ppk);
constexpr KeyFamilies kXml = only(KeyFamily::xml);
constexpr KeyFamilies kJwk = only(KeyFamily::jwk);
constexpr KeyFamilies kBcfks = only(KeyFamily::bcfks);

constexpr StoreRow kStores[] = {
    {IPWORKSAUTH_CST_USER, "the user's key folder", From::folder, kAnyFamily, false},
    {IPWORKSAUTH_CST_MACHINE, "the machine's key folder", From::folder, kAnyFamily, false},
    {IPWORKSAUTH_CST_PFX_FILE, "PKCS#12 file", From::file, kPkcs12, false},
    {IPWORKSAUTH_CST_PFX_BLOB, "PKCS#12", From::data, kPkcs12, false},
    {IPWORKSAUTH_CST_JKS_FILE, "Java key store file", From::file, kJava, false},
    {IPWORKSAUTH_CST_JKS_BLOB, "Java key store", From::data, kJava, false},
    {IPWORKSAUTH_CST_PEM_KEY_FILE, "private key file", From::file, kKeyFile, false},
    {IPWORKSAUTH_CST_PEM_KEY_BLOB, "private key", From::data, kKeyFile, false},
    {IPWORKSAUTH_CST_PUBLIC_KEY_FILE, "public key file", From::file, kKeyFile, true},
    {IPWORKSAUTH_CST_PUBLIC_KEY_BLOB, "public key", From::data, kKeyFile, true},
    {IPWORKSAUTH_CST_SSH_PUBLIC_KEY_BLOB, "SSH public key", From::data, kKeyFile, true},
    {IPWORKSAUTH_CST_P7B_FILE, "PKCS#7 file", From::file, kPkcs7, true},
    {IPWORKSAUTH_CST_P7B_BLOB, "PKCS#7", From::data, kPkcs7, true},
    {IPWORKSAUTH_CST_SSH_PUBLIC_KEY_FILE, "SSH public key file", From::file, kKeyFile, true},
    {IPWORKSAUTH_CST_PPK_FILE, "PuTTY key file", From::file, kPpk, false},
    {IPWORKSAUTH_CST_PPK_BLOB, "PuTTY key", From::data, kPpk, false},
    {IPWORKSAUTH_CST_XML_FILE, "XML key file", From::file, kXml, false},
    {IPWORKSAUTH_CST_XML_BLOB, "XML key", From::data, kXml, false},
    {IPWORKSAUTH_CST_JWK_FILE, "JSON web key file", From::file, kJwk, false},
    {IPWORKSAUTH_CST_JWK_BLOB, "JSON web key", From::data, kJwk, false},
    {IPWORKSAUTH_CST_SECURITY_KEY, "FIDO security key", From::either, kKeyFile, false},
    {IPWORKSAUTH_CST_BCFKS_FILE, "BCFKS key store file", From::file, kBcfks, false},
    {IPWORKSAUTH_CST_BCFKS_BLOB, "BCFKS key store", From::data, kBcfks, false},
    {IPWORKSAUTH_CST_PKCS11, "PKCS#11 token", From::token, 0, false},
    {IPWORKSAUTH_CST_AUTO, "key or key file", From::either, kAnyFamily, false},
};

const StoreRow* store_row(int type) noexcept {
  for (const StoreRow& row : kStores)
    if (row.type == type) return &row;
  return nullptr;
}

Refusal refusal_of(const KeyError& error) { return {store_error_code(error.code), error.text}; }

// No password is not an empty one: the property cannot tell them apart, so what opens with an empty
// one is tried with it too, and what needs one says so.
LoadOptions options_for(const StoreSpec& spec, const StoreRow& row) {
  LoadOptions options;
  if (!spec.password.empty()) options.passphrase = spec.password;
  options.public_only = row.public_only;
  options.families = row.families;
  options.sk_provider = spec.sk_provider;
  options.sk_pin = spec.pin;
  return options;
}

// A certificate or public key that was saved stands for the key, wherever p11-kit has it. What is
// no path of a module either is not loaded, nor told back: it may be a key.
Refusal saved_public_half(std::string_view store, Blob& out) {
  if (store.empty() || is_pkcs11_uri(store)) return {};
  LoadOptions how;
  how.public_only = true;
  how.families = kKeyFile;
  KeyResult saved = load_identity(as_bytes(store), how);
  if (saved) {
    const Bytes blob = saved->public_blob();
    out.assign(blob.begin(), blob.end());
    return {};
  }
  if (saved.error().code == KeyErrc::unknown_format && looks_like_file_name(store)) return {};
  return {kBadStore,
          "it is no PKCS#11 URI, no path of a module, and no certificate or public key that can be "
          "read"};
}

Refusal read_token(const StoreSpec& spec, std::vector<KeyPtr>& keys) {
  std::vector<Pkcs11Key> found;
  Blob saved;
  if (Refusal refusal = saved_public_half(spec.store, saved); !refusal.ok()) return refusal;
  const Pkcs11Spec wish{.store = saved.empty() ? spec.store : std::string_view(),
                        .pin = spec.pin.empty() ? spec.password : spec.pin,
                        .public_half = saved,
                        .public_halves = spec.public_halves,
                        .last_try = spec.last_try};
  if (KeyError bad = load_pkcs11(wish, found); !bad.ok()) return refusal_of(bad);
  for (Pkcs11Key& key : found)
    keys.push_back(std::make_shared<const Identity>(std::move(key.identity)));
  return {};
}

void keep(std::vector<Identity>& from, std::vector<KeyPtr>& keys) {
  for (Identity& key : from) keys.push_back(std::make_shared<const Identity>(std::move(key)));
}

KeyError read_data(std::string_view data, const LoadOptions& options, std::vector<KeyPtr>& keys,
                   PassedOver& passed_over) {
  std::vector<Identity> found;
  if (KeyError bad = load_keys(as_bytes(data), options, found, &passed_over); !bad.ok()) return bad;
  keep(found, keys);
  return {};
}

// What lies beside a machine's keys are certificates of a host, which are not for users.
Refusal read_store_file(const std::string& path, const LoadOptions& options,
                        std::vector<KeyPtr>& keys, PassedOver& passed_over, bool certified = true) {
  std::vector<Identity> found;
  if (KeyError bad = load_keys_file(path, options, found, &passed_over); !bad.ok())
    return refusal_of(bad);
  if (certified && found.size() == 1) attach_certificate(path, found.front(), passed_over);
  keep(found, keys);
  return {};
}

// What type 99 is given may be data from elsewhere, which must not say what is loaded and read.
bool names_code_or_file(std::string_view uri) noexcept {
  for (const std::string_view attribute : {"module-path", "module-name", "pin-source"})
    if (uri.find(attribute) != uri.npos) return true;
  return false;
}

// Contents, or where they are in no format that is known and may be, a file's name. A name of no
// file is not told back: it may be a key that somebody has mistyped.
Refusal read_contents(const StoreSpec& spec, const StoreRow& row, const LoadOptions& options,
                      std::vector<KeyPtr>& keys, PassedOver& passed_over) {
  const KeyError bad = read_data(spec.store, options, keys, passed_over);
  if (bad.ok()) return {};
  if (row.from != From::either || bad.code != KeyErrc::unknown_format ||
      !looks_like_file_name(spec.store))
    return refusal_of(bad);
  std::error_code none;
  if (std::filesystem::exists(std::string(spec.store), none))
    return read_store_file(std::string(spec.store), options, keys, passed_over);
  return {kCannotOpenFile,
          "it is no key in a format that is known, and there is no file of that name"};
}

// What somebody took for a file's name may be the key itself, and must then not be told back: text
// of a key, base64 (of DER, Java's magic or text, "/u3+7" among them), or more than names have.
bool may_be_a_key(std::string_view store) noexcept {
  constexpr std::size_t kMaxName = 255, kShortestKey = 40;
  if (store.size() > kMaxName && store.find('/') == store.npos) return true;
  const std::string_view text =
      store.substr(std::min(store.find_first_not_of(" \t\xef\xbb\xbf"), store.size()));
  if (text.find_first_of("{<[") == 0 || text.starts_with("-----")) return true;
  const std::size_t other = text.find_first_not_of(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_- \t");
  const bool absolute = text.starts_with('/') && !text.starts_with("/u3+7");
  return text.size() >= kShortestKey && other == text.npos && !absolute;
}

// One that is there and cannot be opened has an error of its own.
bool is_there(const std::filesystem::path& path) {
  std::error_code none;
  return std::filesystem::exists(path, none);
}

constexpr const char* kNoSuchFile =
    "there is no file of that name. If it is the key itself, SSHCertStoreType has to be a BLOB "
    "type, or 99";

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

Refusal open_folder(const StoreSpec& spec, const StoreRow& row, std::vector<KeyPtr>& keys,
                    PassedOver& passed_over) {
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
  passed_over = {};
  for (const std::string& name : names) {
    if (!looks_like_file_name(name) || name.find('/') != name.npos)
      return {kBadArgument, "SSHCertStore: a key folder's entry has no '/' in its name"};
    if (may_be_a_key(name) && !is_there(folder / name))
      return {kCannotOpenFile, std::string("SSHCertStore: ") + kNoSuchFile};
    PassedOver here;
    Refusal refusal = read_store_file(folder / name, options_for(spec, row), keys, here, !machine);
    if (!refusal.ok()) {
      here = {1, {store_key_errc(refusal.code), refusal.text}};
      if (first.ok()) first = std::move(refusal);
    }
    if (passed_over.num == 0) passed_over.first = std::move(here.first);
    passed_over.num += here.num;
  }
  return keys.empty() ? first : Refusal();
}

std::string key_fingerprint(const Identity& key) {
  return fingerprint(key.public_blob(), FingerprintKind::sha256_base64, default_provider());
}

}  // namespace

bool looks_like_file_name(std::string_view store) noexcept {
  return !store.empty() && store.size() <= kMaxFileName &&
         store.find_first_of(std::string_view("\n\r\0", 3)) == store.npos;
}

int store_error_code(KeyErrc why) noexcept {
  switch (why) {
    case KeyErrc::io: return kCannotOpenFile;
    case KeyErrc::unsupported_type: return kUnavailable;
    case KeyErrc::not_found: return kNoKey;
    case KeyErrc::cannot_sign: return kNoPrivateKey;
    case KeyErrc::needs_passphrase: return kNeedsPassword;
    case KeyErrc::wrong_passphrase: return kWrongPassword;
    case KeyErrc::bad_argument: return kBadArgument;
    default: return kBadStore;
  }
}

KeyErrc store_key_errc(int code) noexcept {
  for (const KeyErrc why : {KeyErrc::io, KeyErrc::needs_passphrase, KeyErrc::wrong_passphrase,
                            KeyErrc::cannot_sign, KeyErrc::bad_argument})
    if (store_error_code(why) == code) return why;
  return KeyErrc::ok;
}

Refusal check_store_type(int type) {
  const StoreRow* row = store_row(type);
  const std::string named = "SSHCertStoreType: " + std::to_string(type);
  if (row == nullptr) return {kBadArgument, named + " is no store type; 0 to 23 and 99 are"};
  if (row->from != From::token && !can_load(row->families))
    return {kUnavailable, named + " (" + std::string(row->name) +
                              ") cannot be read in this version; convert the key to a private key "
                              "file (6) with ssh-keygen or openssl"};
  return {};
}

Refusal read_key(std::string_view data, std::string_view password, KeyPtr& out) {
  LoadOptions options;
  if (!password.empty()) options.passphrase = password;
  KeyResult key = load_identity(as_bytes(data), options);
  if (!key) return refusal_of(key.error());
  out = std::make_shared<const Identity>(std::move(*key));
  return {};
}

Refusal open_store(const StoreSpec& spec, std::vector<KeyPtr>& keys, PassedOver& passed_over) {
  passed_over = {};
  if (Refusal refusal = check_store_type(spec.type); !refusal.ok()) return refusal;
  const StoreRow& row = *store_row(spec.type);
  if (row.from == From::folder) return open_folder(spec, row, keys, passed_over);
  const bool token = row.from == From::token;
  if (token || (row.families == kAnyFamily && is_pkcs11_uri(spec.store))) {
    if (!token && names_code_or_file(spec.store))
      return {
          kBadArgument,
          "SSHCertStore: a PKCS#11 URI that names a module or a file is taken as such only where "
          "SSHCertStoreType is 23"};
    Refusal refusal = read_token(spec, keys);
    return refusal.ok() ? refusal : Refusal(refusal.code, "SSHCertStore: " + refusal.text);
  }
  const LoadOptions options = options_for(spec, row);
  const bool file_name = looks_like_file_name(spec.store);
  if (row.from == From::file && is_pkcs11_uri(spec.store))
    return {kBadArgument, "SSHCertStore: it is a PKCS#11 URI, which SSHCertStoreType 23 is for"};
  if (row.from == From::file && !file_name)
    return {kBadArgument, "SSHCertStore: it is not a file name, which SSHCertStoreType asks for"};
  Refusal refusal;
  if (row.from == From::file) {
    std::string path(spec.store);
    if (may_be_a_key(path) && !is_there(path)) {
      secure_wipe(path.data(), path.size());
      return {kCannotOpenFile, "SSHCertStore (" + std::string(row.name) + "): " + kNoSuchFile};
    }
    refusal = read_store_file(path, options, keys, passed_over);
  } else {
    refusal = read_contents(spec, row, options, keys, passed_over);
  }
  if (refusal.ok()) return {};
  return {refusal.code, "SSHCertStore (" + std::string(row.name) + "): " + refusal.text};
}

std::string key_subject(const Identity& key) {
  std::string subject;
  if (!key.x509_chain().empty()) subject = certificate_subject(key.x509_chain().front());
  if (subject.empty()) subject = key.comment();
  return subject.empty() ? key_fingerprint(key) : subject;
}

std::string key_encoded(const Identity& key) {
  if (key.x509_chain().empty()) return key.public_line();
  return certificate_pem(key.x509_chain().front());
}

namespace {

// What a key is called: its subject and its comment.
template <class Fits>
KeyPtr find_named(const std::vector<KeyPtr>& keys, const Fits& fits) {
  for (const KeyPtr& key : keys) {
    if (fits(key->comment())) return key;
    if (!key->x509_chain().empty() && fits(certificate_subject(key->x509_chain().front())))
      return key;
  }
  return nullptr;
}

// The whole fingerprint, or its beginning where that is no accident. A part of one says nothing:
// every letter is in some.
KeyPtr find_fingerprint(const std::vector<KeyPtr>& keys, std::string_view asked) {
  constexpr std::string_view kStart = "SHA256:";
  constexpr std::size_t kEnough = 8;
  if (!asked.starts_with(kStart) || asked.size() < kStart.size() + kEnough) return nullptr;
  for (const KeyPtr& key : keys)
    if (key_fingerprint(*key).starts_with(asked)) return key;
  return nullptr;
}

}  // namespace

// "*": with a private half, where there is one, as without it nobody can log in.
KeyPtr find_subject(const std::vector<KeyPtr>& keys, std::string_view subject) {
  if (subject.empty() || keys.empty()) return nullptr;
  if (subject == "*") return first_choice(keys);
  KeyPtr key = find_named(keys, [&](const std::string& name) {
    return name == subject || same_distinguished_name(name, subject);
  });
  if (key == nullptr) key = find_fingerprint(keys, subject);
  if (key != nullptr) return key;
  return find_named(keys, [&](const std::string& name) {
    return name.find(subject) != std::string::npos || has_fields(name, subject);
  });
}

KeyPtr first_choice(const std::vector<KeyPtr>& keys) {
  for (const KeyPtr& key : keys)
    if (key->can_sign()) return key;
  return keys.empty() ? nullptr : keys.front();
}

KeyPtr find_public(const std::vector<KeyPtr>& keys, Bytes blob) {
  for (const KeyPtr& key : keys)
    if (same_bytes(key->public_blob(), blob)) return key;
  return nullptr;
}

}  // namespace sshauth::abi
