// Fuzz target: key stores with several keys, in binary and base64: PKCS#12, JKS, JCEKS, BCFKS,
// PKCS#7, certificates. The password is "p"; each reader is given the octets whatever they look
// like.
#include "fuzz/require.hpp"
#include "lib/keys/bcfks.hpp"
#include "lib/keys/certificate.hpp"
#include "lib/keys/distinguished_name.hpp"
#include "lib/keys/java_store.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/pkcs12.hpp"
#include "lib/keys/pkcs7.hpp"

using namespace sshauth;

namespace {

constexpr std::size_t kMostKeys = 8;

LoadOptions cheap(bool with_password) {
  LoadOptions options;
  if (with_password) options.passphrase = "p";
  options.limits = {.file_octets = std::size_t{64} * 1024,
                    .keys = kMostKeys,
                    .bcrypt_rounds = 1,
                    .pbkdf2_iterations = 20'000,
                    .scrypt_work = 1024};
  return options;
}

void check_key(const Identity& key) {
  PublicKeyView view;
  require(decode_public_blob(key.public_blob(), view).ok() && view.type == key.type());
  if (key.has_private()) require(check_key_pair(key.type(), *key.private_key()).ok());
  for (const Blob& der : key.x509_chain()) {
    const std::string subject = certificate_subject(der);
    if (subject.empty()) continue;
    require(same_distinguished_name(subject, subject) || !has_fields(subject, subject));
  }
}

void check(const KeyError& error, const std::vector<Identity>& keys) {
  require(error.ok() == error.text.empty());
  require(keys.size() <= kMostKeys);
  if (error.ok())
    for (const Identity& key : keys) check_key(key);
}

using Read = KeyError (*)(Bytes, LoadOptions&, KeyList&);

void try_reader(Read read, Bytes in, bool with_password) {
  const ossl::ErrorMark mark;
  LoadOptions options = cheap(with_password);
  KeyList keys(kMostKeys);
  const KeyError error = read(in, options, keys);
  check(error, keys.keys());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes in(data, size);
  for (const bool with_password : {true, false}) {
    std::vector<Identity> keys;
    const KeyError error = load_keys(in, cheap(with_password), keys);
    check(error, keys);
    require(!error.ok() || !keys.empty());
    for (const Read read : {read_pkcs12, read_java_store, read_bcfks, read_pkcs7})
      try_reader(read, in, with_password);
  }
  return 0;
}
