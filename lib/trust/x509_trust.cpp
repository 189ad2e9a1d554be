#include "lib/trust/x509_trust.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "lib/keys/certificate.hpp"
#include "lib/keys/load.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/trust/host_pattern.hpp"

namespace sshauth {
namespace {

using X509Ptr = ossl::Owned<X509, X509_free>;
using StorePtr = ossl::Owned<X509_STORE, X509_STORE_free>;
using StoreCtx = ossl::Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using Usages = ossl::Owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using Object = ossl::Owned<ASN1_OBJECT, ASN1_OBJECT_free>;

constexpr std::size_t kMaxFile = std::size_t{4} * 1024 * 1024;  // a system's bundle has 220 KiB

// The untrusted part of the chain, which owns its certificates.
struct Stack {
  Stack() : at(sk_X509_new_null()) {}
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack() { sk_X509_pop_free(at, X509_free); }
  bool push(X509Ptr certificate) {
    if (at == nullptr || sk_X509_push(at, certificate.get()) <= 0) return false;
    static_cast<void>(certificate.release());
    return true;
  }
  STACK_OF(X509) * at;
};

X509Ptr parse(Bytes der) {
  const std::uint8_t* at = der.data();
  X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  return at == der.data() + der.size() ? std::move(certificate) : nullptr;
}

Blob der_of(X509* certificate) {
  std::uint8_t* der = nullptr;
  const int len = i2d_X509(certificate, &der);
  Blob out(der, der + (len > 0 ? len : 0));
  OPENSSL_free(der);
  return out;
}

StorePtr store_of(const std::vector<Blob>& authorities) {
  StorePtr store(X509_STORE_new());
  for (const Blob& der : authorities)
    if (const X509Ptr each = parse(der);
        store != nullptr && each != nullptr && X509_STORE_add_cert(store.get(), each.get()) != 1)
      return nullptr;
  return store;
}

// libcrypto's level 0, which SHA-1 needs, lets anything pass. Broken is what can be forged: RSA and
// DSA below 1024 bits, and MD5 in the signature of all but the root, whose signature proves
// nothing.
bool is_broken(const X509* certificate, bool root) {
  constexpr int kLeastBits = 1024;
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return true;
  const int type = EVP_PKEY_get_base_id(key);
  if ((type == EVP_PKEY_RSA || type == EVP_PKEY_DSA) && EVP_PKEY_get_bits(key) < kLeastBits)
    return true;
  int digest = NID_undef;
  static_cast<void>(OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, nullptr));
  return !root && (digest == NID_md5 || digest == NID_md4 || digest == NID_md2);
}

bool has_broken(const STACK_OF(X509) * verified) {
  const int num = sk_X509_num(verified);
  for (int i = 0; i < num; ++i)
    if (is_broken(sk_X509_value(verified, i), i + 1 == num)) return true;
  return num <= 0;
}

HostKeyDecision refused(std::string why) {
  return {HostKeyVerdict::bad_certificate, "the host's X.509 certificate " + std::move(why)};
}

// RFC 6187 §2.2.2: where the extension is, one of them is id-kp-secureShellServer, or any will do.
bool may_be_server(X509* certificate) {
  int critical = -1;
  const Usages usages(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate, NID_ext_key_usage, &critical, nullptr)));
  if (usages == nullptr) return critical == -1;  // -1: there is none; else it is damaged
  const Object server(OBJ_txt2obj("1.3.6.1.5.5.7.3.22", 1));
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    const ASN1_OBJECT* usage = sk_ASN1_OBJECT_value(usages.get(), i);
    if (OBJ_obj2nid(usage) == NID_anyExtendedKeyUsage ||
        (server != nullptr && OBJ_cmp(usage, server.get()) == 0))
      return true;
  }
  return false;
}

bool set_host(X509_VERIFY_PARAM* rules, const std::string& host) {
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1) return true;
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return !host.empty() && X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1;
}

}  // namespace

KeyError X509Trust::add_file(const std::string& path) {
  SecretBytes contents;
  if (KeyError bad = read_file(path, kMaxFile, contents); !bad.ok()) return bad;
  return add_pem(as_text(contents.reveal()), path);
}

KeyError X509Trust::add_pem(std::string_view text, const std::string& name) {
  const ossl::ErrorMark mark;
  const ossl::Bio in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  std::vector<Blob> found;
  while (in != nullptr) {
    // libcrypto's own callback would ask at the terminal for the password of an encrypted block.
    const auto no_password = [](char*, int, int, void*) { return -1; };
    const X509Ptr certificate(PEM_read_bio_X509(in.get(), nullptr, no_password, nullptr));
    if (certificate == nullptr) break;
    found.push_back(der_of(certificate.get()));
  }
  const bool damaged = ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE;
  if (damaged)
    return {KeyErrc::malformed, "certificate " + std::to_string(found.size() + 1) + " in " +
                                    printable(name) + " is damaged: mend it or take it out"};
  if (found.empty())
    return {KeyErrc::malformed, printable(name) + " holds no PEM certificate of an authority"};
  for (Blob& each : found) authorities_.push_back(std::move(each));
  return {};
}

HostKeyDecision X509Trust::check(const X509Chain& chain, std::string_view host,
                                 const TrustRules& rules, std::vector<Blob>& verified) const {
  const ossl::ErrorMark mark;
  if (chain.size() == 0) return refused("is missing");
  const X509Ptr own = parse(chain[0]);
  if (own == nullptr) return refused("cannot be read");
  Stack others;
  for (std::uint32_t i = 1; i < chain.size(); ++i)
    if (X509Ptr each = parse(chain[i]); each == nullptr || !others.push(std::move(each)))
      return refused("has a chain that cannot be read");
  const StorePtr store = store_of(authorities_);
  const StoreCtx ctx(X509_STORE_CTX_new());
  if (ctx == nullptr || store == nullptr ||
      X509_STORE_CTX_init(ctx.get(), store.get(), own.get(), others.at) != 1)
    return refused("cannot be checked: libcrypto failed");
  X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(ctx.get());
  X509_VERIFY_PARAM_set_time(wanted, static_cast<std::time_t>(rules.now));
  // Level 2: 112 bits of security, which neither SHA-1 nor RSA of 1024 bits has.
  X509_VERIFY_PARAM_set_auth_level(wanted, rules.sha1_authorities ? 0 : 2);
  if (!set_host(wanted, lower_case(without_brackets(host))))
    return refused("cannot be checked: no host is named");
  if (X509_verify_cert(ctx.get()) != 1)
    return refused("is not accepted: " +
                   std::string(X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx.get()))) +
                   " (at depth " + std::to_string(X509_STORE_CTX_get_error_depth(ctx.get())) +
                   ", host " + printable(host) + ")");
  if (has_broken(X509_STORE_CTX_get0_chain(ctx.get())))
    return refused("is not accepted: its chain has a key of fewer than 1024 bits, or MD5");
  if ((X509_get_key_usage(own.get()) & KU_DIGITAL_SIGNATURE) == 0)
    return refused("is not for signatures (RFC 6187 section 2.2.1)");
  if (!may_be_server(own.get())) return refused("is not for SSH servers (RFC 6187 section 2.2.2)");
  const STACK_OF(X509)* built = X509_STORE_CTX_get0_chain(ctx.get());
  for (int i = 0; i < sk_X509_num(built); ++i) verified.push_back(der_of(sk_X509_value(built, i)));
  return {HostKeyVerdict::accepted, "the host's X.509 certificate, " +
                                        printable(certificate_subject(chain[0])) +
                                        ", is by an authority that is trusted"};
}

}  // namespace sshauth
