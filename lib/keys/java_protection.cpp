#include "lib/keys/java_protection.hpp"

#include <openssl/pkcs12.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "lib/keys/algorithm_id.hpp"
#include "lib/keys/kdf.hpp"
#include "lib/keys/pbe.hpp"

namespace sshauth {
namespace {

using MdCtx = ossl::Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Md = ossl::Owned<EVP_MD, EVP_MD_free>;
using Sig = ossl::Owned<X509_SIG, X509_SIG_free>;
using Pbe = ossl::Owned<PBEPARAM, PBEPARAM_free>;

constexpr std::size_t kSha1 = 20;
constexpr std::size_t kMd5 = 16;
constexpr char kSunCipher[] = "1.3.6.1.4.1.42.2.17.1.1";
constexpr char kSunTripleDes[] = "1.3.6.1.4.1.42.2.19.1";

// One hash, as often as it is needed.
class Hasher {
 public:
  explicit Hasher(const char* name)
      : md_(EVP_MD_fetch(nullptr, name, nullptr)), ctx_(EVP_MD_CTX_new()) {}

  bool operator()(std::initializer_list<Bytes> parts, MutBytes out) {
    if (md_ == nullptr || ctx_ == nullptr ||
        EVP_DigestInit_ex2(ctx_.get(), md_.get(), nullptr) != 1)
      return false;
    for (const Bytes part : parts)
      if (EVP_DigestUpdate(ctx_.get(), part.data(), part.size()) != 1) return false;
    unsigned len = 0;
    return EVP_DigestFinal_ex(ctx_.get(), out.data(), &len) == 1 && len == out.size();
  }

 private:
  Md md_;
  MdCtx ctx_;
};

// As Java has its characters, without a NUL at the end.
SecretBytes in_utf16(std::string_view password) {
  SecretBytes out = password_in_utf16(password);
  out.shrink(out.size() - 2);
  return out;
}

KeyError failed() { return {KeyErrc::crypto_failed, "libcrypto could not open the Java key"}; }
KeyError malformed() {
  return {KeyErrc::malformed, "a private key in the Java key store is malformed"};
}

// salt (20), the key under a key stream, SHA-1 of password and key. Each piece of the stream is the
// SHA-1 of the password and the piece before, the first of them the salt.
KeyError open_sun_cipher(Bytes sealed, std::string_view password, SecretBytes& out) {
  if (sealed.size() <= 2 * kSha1) return malformed();
  const SecretBytes word = in_utf16(password);
  std::array<std::uint8_t, kSha1> check{};
  SecretBytes piece(sealed.first(kSha1));
  out = SecretBytes(sealed.subspan(kSha1, sealed.size() - 2 * kSha1));
  const MutBytes plain = out.write();
  Hasher sha1("SHA1");
  for (std::size_t at = 0; at < plain.size(); ++at) {
    if (at % kSha1 == 0 && !sha1({word.reveal(), piece.reveal()}, piece.write())) return failed();
    plain[at] ^= piece.reveal()[at % kSha1];
  }
  if (!sha1({word.reveal(), out.reveal()}, check)) return failed();
  return ct_equal(check, sealed.last(kSha1)) ? KeyError() : wrong_passphrase();
}

// Each half of the salt is hashed with the password as often as asked; both results are 24 octets
// of key and 8 of IV. Salts of two equal halves: Java means to turn the first one around, and does
// this.
bool derive_triple_des(Bytes given, std::uint64_t iterations, std::string_view password,
                       MutBytes out) {
  std::array<std::uint8_t, 8> salt{};
  std::copy(given.begin(), given.end(), salt.begin());
  if (std::equal(salt.begin(), salt.begin() + 4, salt.begin() + 4)) {
    const std::uint8_t first = salt[0];
    salt[0] = salt[3];
    salt[2] = first;
    const std::uint8_t second = salt[1];
    salt[1] = salt[2];
    salt[2] = second;
  }
  Hasher md5("MD5");
  for (std::size_t half = 0; half < 2; ++half) {
    const MutBytes result = out.subspan(half * kMd5, kMd5);
    Bytes from = Bytes(salt).subspan(half * 4, 4);
    for (std::uint64_t i = 0; i < iterations; ++i, from = result)
      if (!md5({from, as_bytes(password)}, result)) return false;
  }
  return true;
}

KeyError open_triple_des(const X509_ALGOR* alg, Bytes sealed, LoadOptions& options,
                         SecretBytes& out) {
  const auto params = parameters_of<Pbe>(alg, ASN1_ITEM_rptr(PBEPARAM));
  if (params == nullptr || ASN1_STRING_length(params->salt) != 8) return malformed();
  if (KeyError bad = spend_iterations(params->iter, options.limits); !bad.ok()) return bad;
  SecretBytes key(32);
  if (!derive_triple_des({ASN1_STRING_get0_data(params->salt), 8},
                         static_cast<std::uint64_t>(ASN1_INTEGER_get(params->iter)),
                         *options.passphrase, key.write()))
    return failed();
  out = SecretBytes(sealed);
  const ossl::CipherCtx ctx(EVP_CIPHER_CTX_new());
  const ossl::Owned<EVP_CIPHER, EVP_CIPHER_free> cipher(
      EVP_CIPHER_fetch(nullptr, "DES-EDE3-CBC", nullptr));
  const MutBytes data = out.write();
  int len = 0;
  int last = 0;
  if (ctx == nullptr || cipher == nullptr ||
      EVP_DecryptInit_ex2(ctx.get(), cipher.get(), key.reveal().data(), key.reveal().data() + 24,
                          nullptr) != 1)
    return failed();
  if (EVP_DecryptUpdate(ctx.get(), data.data(), &len, data.data(), static_cast<int>(data.size())) !=
          1 ||
      EVP_DecryptFinal_ex(ctx.get(), data.data() + len, &last) != 1)
    return wrong_passphrase();
  out.shrink(static_cast<std::size_t>(len) + static_cast<std::size_t>(last));
  return {};
}

}  // namespace

bool java_digest_fits(Bytes entries, std::string_view password, Bytes digest) {
  const SecretBytes word = in_utf16(password);
  std::array<std::uint8_t, kSha1> expected{};
  return Hasher("SHA1")({word.reveal(), as_bytes(std::string_view("Mighty Aphrodite")), entries},
                        expected) &&
         ct_equal(expected, digest);
}

KeyError open_java_key(Bytes sealed, LoadOptions& options, SecretBytes& out) {
  const std::uint8_t* at = sealed.data();
  const Sig sig(d2i_X509_SIG(nullptr, &at, static_cast<long>(sealed.size())));
  if (sig == nullptr) return malformed();
  const X509_ALGOR* alg = nullptr;
  const ASN1_OCTET_STRING* octets = nullptr;
  X509_SIG_get0(sig.get(), &alg, &octets);
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, alg);
  std::array<char, 80> oid{};
  OBJ_obj2txt(oid.data(), static_cast<int>(oid.size()), object, 1);
  if (!options.passphrase.has_value()) return needs_passphrase();
  const Bytes data = octets_of(octets);
  if (std::string_view(oid.data()) == kSunCipher)
    return open_sun_cipher(data, *options.passphrase, out);
  if (std::string_view(oid.data()) == kSunTripleDes)
    return open_triple_des(alg, data, options, out);
  return pbe_decrypt(alg, octets, options, out);
}

}  // namespace sshauth
