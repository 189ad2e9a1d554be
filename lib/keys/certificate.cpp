#include "lib/keys/certificate.hpp"

#include <algorithm>

#include "lib/keys/distinguished_name.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/keys/pkey.hpp"

namespace sshauth {
namespace {

using Certificate = ossl::Owned<X509, X509_free>;

constexpr std::size_t kMaxChain = 10;
constexpr std::size_t kMaxCertificates = 1024;  // each is looked for among all
// A chain is of use in a key blob, which has 8192 octets; each key has a copy of its own.
constexpr std::size_t kMaxChainOctets = std::size_t{32} * 1024;
constexpr char kFormat[] = "X.509 certificate";

Certificate parse(Bytes der) {
  if (der.size() > kMaxChainOctets) return nullptr;
  const std::uint8_t* at = der.data();
  Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  return at == der.data() + der.size() ? std::move(certificate) : nullptr;
}

KeyResult public_half(const X509* certificate) {
  const EVP_PKEY* pkey = X509_get0_pubkey(certificate);
  if (pkey == nullptr)
    return KeyError(KeyErrc::unsupported_type,
                    "the certificate is for a key of a type that is not supported");
  return public_identity_from_pkey(pkey, kFormat);
}

bool issued(const X509* by, const X509* certificate) {
  return X509_NAME_cmp(X509_get_subject_name(by), X509_get_issuer_name(certificate)) == 0;
}

// What is too much is left out from the end: a server may have the rest.
void shorten(std::vector<Blob>& chain) {
  std::size_t octets = 0;
  std::size_t num = 0;
  while (num < chain.size() && num < kMaxChain && octets + chain[num].size() <= kMaxChainOctets)
    octets += chain[num++].size();
  chain.resize(num);
}

// What there is of certificates: each with its octets, and the public key as a blob where it is of
// a supported type.
class Bundle {
 public:
  Bundle(const std::vector<NamedCertificate>& certificates, KeyList& keys) {
    for (const NamedCertificate& one : certificates) {
      if (rows_.size() >= kMaxCertificates) break;
      Certificate parsed = parse(one.der);
      if (parsed == nullptr) {
        keys.pass_over({KeyErrc::malformed, "a certificate in it is malformed, or longer than " +
                                                std::to_string(kMaxChainOctets) + " octets"});
        continue;
      }
      KeyResult key = public_half(parsed.get());
      if (!key) keys.pass_over(key.error());
      rows_.push_back({&one, std::move(parsed),
                       key ? Blob(key->public_blob().begin(), key->public_blob().end()) : Blob()});
    }
  }

  void complete(Identity& key) {
    for (Row& row : rows_)
      if (!row.public_blob.empty() && same_bytes(row.public_blob, key.public_blob())) {
        key.set_x509_chain(chain_from(row, key.can_sign()));
        if (key.comment().empty()) key.set_comment(row.from->name);
        return;
      }
  }

  // Those in no private key's chain, each as a key.
  std::vector<Identity> rest() {
    std::vector<Identity> out;
    for (Row& row : rows_) {
      if (row.used || row.public_blob.empty()) continue;
      Identity& key = out.emplace_back(row.public_blob, row.from->name, kFormat);
      key.set_x509_chain(chain_from(row, false));
    }
    return out;
  }

 private:
  struct Row {
    const NamedCertificate* from;
    Certificate parsed;
    Blob public_blob;
    bool used = false;  // in the chain of a private key
  };

  std::vector<Blob> chain_from(Row& leaf, bool is_private) {
    std::vector<Blob> chain;
    std::vector<const Row*> seen;
    for (Row* row = &leaf; row != nullptr && chain.size() < kMaxChain;
         row = issuer_of(*row, seen)) {
      row->used = row->used || is_private;
      seen.push_back(row);
      chain.push_back(row->from->der);
    }
    shorten(chain);
    return chain;
  }

  Row* issuer_of(const Row& row, const std::vector<const Row*>& seen) {
    if (issued(row.parsed.get(), row.parsed.get())) return nullptr;  // by itself
    for (Row& other : rows_)
      if (issued(other.parsed.get(), row.parsed.get()) &&
          std::find(seen.begin(), seen.end(), &other) == seen.end())
        return &other;
    return nullptr;
  }

  std::vector<Row> rows_;
};

std::string name_of(Bytes der, X509_NAME* (*which)(const X509*)) {
  const ossl::ErrorMark mark;
  const Certificate certificate = parse(der);
  return certificate != nullptr ? distinguished_name(which(certificate.get())) : std::string();
}

}  // namespace

KeyResult load_certificate(Bytes der) {
  const Certificate certificate = parse(der);
  if (certificate == nullptr)
    return KeyError(KeyErrc::malformed,
                    "the certificate is malformed: libcrypto cannot read what is inside, or it is "
                    "longer than " +
                        std::to_string(kMaxChainOctets) + " octets");
  KeyResult key = public_half(certificate.get());
  if (key) key->set_x509_chain({Blob(der.begin(), der.end())});
  return key;
}

void join_certificates(const std::vector<NamedCertificate>& certificates, KeyList& keys) {
  Bundle bundle(certificates, keys);
  for (Identity& key : keys.keys())
    if (key.x509_chain().empty()) bundle.complete(key);
  for (Identity& rest : bundle.rest()) {
    const bool known =
        std::any_of(keys.keys().begin(), keys.keys().end(), [&](const Identity& key) {
          return !key.x509_chain().empty() && key.x509_chain().front() == rest.x509_chain().front();
        });
    if (!known) keys.add(std::move(rest));
  }
}

KeyError give_chain(Identity& key, std::vector<Blob> chain) {
  if (chain.empty()) return {};
  KeyResult leaf = load_certificate(chain.front());
  if (!leaf) return leaf.error();
  if (!same_bytes(leaf->public_blob(), key.public_blob()))
    return {KeyErrc::malformed, "the certificate is for another key"};
  shorten(chain);
  key.set_x509_chain(std::move(chain));
  return {};
}

std::string certificate_pem(Bytes der) {
  constexpr std::size_t kLine = 64;
  const std::string base64 = base64_encode(der);
  std::string out = "-----BEGIN CERTIFICATE-----\n";
  for (std::size_t at = 0; at < base64.size(); at += kLine) out += base64.substr(at, kLine) + "\n";
  return out + "-----END CERTIFICATE-----\n";
}

std::string certificate_subject(Bytes der) { return name_of(der, X509_get_subject_name); }
std::string certificate_issuer(Bytes der) { return name_of(der, X509_get_issuer_name); }

}  // namespace sshauth
