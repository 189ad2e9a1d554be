// Host certificates: who signed them, for whom, until when; every reason to refuse has its own
// words.
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>

#include "lib/crypto/providers.hpp"
#include "lib/keys/ossl.hpp"
#include "lib/trust/host_certificate.hpp"
#include "lib/trust/host_trust.hpp"
#include "tests/core/certificates.hpp"
#include "tests/core/loopback_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

constexpr std::int64_t kNow = 1'000'000;
constexpr const char* kHost = "server.example";

const Identity& host_key() { return key_of("ssh-ed25519", 100); }
const Identity& ca() { return key_of("ecdsa-sha2-nistp256", 900); }

TrustRules at(std::int64_t now, bool sha1 = false) {
  TrustRules rules;
  rules.now = now;
  rules.sha1_authorities = sha1;
  return rules;
}

HostTrust trusting(const Identity& authority = ca()) {
  HostTrust trust;
  REQUIRE(trust.add_authority(authority.public_line()).ok());
  return trust;
}

HostKeyDecision ask(const HostTrust& trust, const Blob& blob, const TrustRules& rules = at(kNow),
                    std::string_view host = kHost, std::uint16_t port = 22) {
  return trust.check(host, port, blob, openssl_provider(), rules);
}

std::string line_of(const char* marker, const Identity& key, const std::string& hosts = kHost) {
  return std::string(marker) + hosts + " " + key.public_line() + "\n";
}

bool has(const std::string& text, const char* part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("a host certificate is accepted by its authority, and each fault has its own words") {
  const HostTrust trust = trusting();
  const auto decide = [&](auto change, const TrustRules& rules = at(kNow)) {
    CertificateSpec spec;
    change(spec);
    return ask(trust, make_certificate(host_key(), ca(), spec), rules);
  };
  const auto refused = [&](auto change, const char* why, const TrustRules& rules = at(kNow)) {
    const HostKeyDecision decision = decide(change, rules);
    INFO(decision.reason);
    CHECK(decision.verdict == HostKeyVerdict::bad_certificate);
    CHECK(has(decision.reason, why));
  };
  CHECK(decide([](auto&) {}).accepted());
  CHECK(decide([](auto& s) { s.principals = {"other", "SERVER.example"}; }).accepted());
  CHECK(decide([](auto& s) { s.extensions = {{"anything@example", "x"}}; }).accepted());
  CHECK(decide([](auto& s) { s.valid_after = kNow, s.valid_before = kNow + 1; }).accepted());
  refused([](auto& s) { s.kind = Certificate::user; }, "is a user's");
  refused([](auto& s) { s.principals = {}; }, "names no host at all");
  refused([](auto& s) { s.principals = {"other", "server"}; }, "is not for server.example");
  refused([](auto& s) { s.principals = {"", "*", "*.example"}; }, "is not for");
  refused([](auto& s) { s.valid_after = kNow + 1; }, "is not valid before 1970-01-12");
  refused([](auto& s) { s.valid_before = kNow; }, "expired at 1970-01-12");
  refused([](auto& s) { s.critical_options = {{"no-such@example", ""}}; }, "\"no-such@example\"");
  refused([](auto& s) { s.valid_after = 1; }, "is not valid before", at(-5));
}

TEST_CASE("an authority does not sign with SHA-1 unless the policy lets it") {
  const HostTrust trust = trusting(key_of("ssh-rsa", 901));
  CertificateSpec sha1;
  sha1.ca_algorithm = "ssh-rsa";
  const Blob blob = make_certificate(host_key(), key_of("ssh-rsa", 901), sha1);
  const HostKeyDecision decision = ask(trust, blob);
  CHECK(decision.verdict == HostKeyVerdict::bad_certificate);
  CHECK(has(decision.reason, "signed by ssh-rsa"));
  CHECK(ask(trust, blob, at(kNow, true)).accepted());
  CHECK(ask(trust, make_certificate(host_key(), key_of("ssh-rsa", 901))).accepted());
}

TEST_CASE("the key of another authority proves nothing, nor does the name of the right one") {
  const Blob blob = make_certificate(host_key(), key_of("ssh-ed25519", 950));
  CHECK(ask(trusting(), blob).verdict == HostKeyVerdict::unknown);
  // The certificate's own key is judged as it would be without the certificate.
  HostTrust known = trusting();
  REQUIRE(known.known_hosts().add_text(line_of("", host_key()), "known").ok());
  const HostKeyDecision decision = ask(known, blob);
  CHECK(decision.accepted());
  CHECK(has(decision.reason, "no authority that is trusted"));
  HostTrust changed;
  REQUIRE(changed.known_hosts().add_text(line_of("", key_of("ssh-ed25519", 951)), "known").ok());
  CHECK(ask(changed, blob).verdict == HostKeyVerdict::mismatch);
  // A signature that is not the authority's: its key is named, another one signed.
  Blob forged = make_certificate(host_key(), ca());
  forged.back() ^= 1;
  CHECK(ask(trusting(), forged).verdict == HostKeyVerdict::bad_certificate);
  CHECK(ask(trusting(), Blob(forged.begin(), forged.end() - 1)).verdict ==
        HostKeyVerdict::bad_certificate);
}

TEST_CASE("@cert-authority lines trust for the hosts that they name") {
  HostTrust trust;
  REQUIRE(
      trust.known_hosts().add_text(line_of("@cert-authority ", ca(), "*.example"), "known").ok());
  const Blob blob = make_certificate(host_key(), ca());
  CHECK(trust.has_authority(kHost, 22));
  CHECK_FALSE(trust.has_authority("server.test", 22));
  CHECK(ask(trust, blob).accepted());
  CHECK(ask(trust, blob, at(kNow), kHost, 2222).accepted());
  CHECK(ask(trust, blob, at(kNow), "server.test").verdict == HostKeyVerdict::unknown);
  // An authority's line is no host key's.
  CHECK_FALSE(trust.check(kHost, 22, ca().public_blob(), openssl_provider(), at(kNow)).accepted());
}

TEST_CASE("revoked beats everything: the key, the certificate, and the authority") {
  const Blob blob = make_certificate(host_key(), ca());
  const std::string certificate = "@revoked " + std::string(kHost) +
                                  " ssh-ed25519-cert-v01@openssh.com " + base64_encode(blob) + "\n";
  for (const std::string& line :
       {line_of("@revoked ", host_key()), line_of("@revoked ", ca(), "*"), certificate}) {
    INFO(line);
    HostTrust trust = trusting();
    REQUIRE(trust.pinned().add_key(host_key().public_line()).ok());
    REQUIRE(trust.known_hosts().add_text(line_of("", host_key()) + line, "known").ok());
    CHECK(ask(trust, blob).verdict == HostKeyVerdict::revoked);
    CHECK(ask(trust, blob, at(kNow), kHost, 2222).verdict == HostKeyVerdict::revoked);
  }
}

// Its authority can sign the same key again, and some signatures can be written in two ways.
TEST_CASE("revoking a certificate revokes its key, bare and in any other certificate") {
  const auto line = [](const Blob& revoked) {
    return "@revoked * " + std::string(public_blob_type(revoked)) + " " + base64_encode(revoked) +
           "\n";
  };
  CertificateSpec again;
  again.serial = 2;
  HostTrust trust = trusting();
  REQUIRE(trust.pinned().add_key(host_key().public_line()).ok());
  REQUIRE(trust.known_hosts().add_text(line(make_certificate(host_key(), ca())), "known").ok());
  CHECK(ask(trust, make_certificate(host_key(), ca(), again)).verdict == HostKeyVerdict::revoked);
  CHECK(
      ask(trust, Blob(host_key().public_blob().begin(), host_key().public_blob().end())).verdict ==
      HostKeyVerdict::revoked);
  CHECK(ask(trust, make_certificate(key_of("ssh-ed25519", 101), ca())).accepted());
  // And so of an authority: it has a certificate of its own, which is what was revoked.
  HostTrust other = trusting();
  REQUIRE(other.known_hosts()
              .add_text(line(make_certificate(ca(), key_of("ssh-ed25519", 950))), "known")
              .ok());
  const HostKeyDecision decision = ask(other, make_certificate(host_key(), ca()));
  CHECK(decision.verdict == HostKeyVerdict::revoked);
  CHECK(has(decision.reason, "the key of an authority"));
}

TEST_CASE("what is on file puts no other key in a pinned one's place") {
  const Blob blob = make_certificate(host_key(), ca());
  const std::string other = key_of("ssh-ed25519", 951).public_line();
  HostTrust trust;
  REQUIRE(trust.known_hosts().add_text(line_of("@cert-authority ", ca(), "*"), "known").ok());
  REQUIRE(ask(trust, blob).accepted());
  SECTION("a key") { REQUIRE(trust.pinned().add_key(other).ok()); }
  SECTION("a fingerprint") {
    REQUIRE(trust.pinned().add_fingerprints("00112233445566778899aabbccddeeff").ok());
  }
  const HostKeyDecision decision = ask(trust, blob);
  CHECK(decision.verdict == HostKeyVerdict::mismatch);
  CHECK(has(decision.reason, "none of those that were pinned"));
  CHECK_FALSE(trust.has_authority(kHost, 22));
  // An authority that is named for the same connection counts beside the pin.
  REQUIRE(trust.add_authority(ca().public_line()).ok());
  CHECK(ask(trust, blob).accepted());
}

TEST_CASE("a pin accepts a certificate by itself or by its key, whoever signed it") {
  const Blob blob = make_certificate(host_key(), key_of("ssh-ed25519", 950));
  HostTrust by_key;
  REQUIRE(by_key.pinned().add_key(host_key().public_line()).ok());
  CHECK(ask(by_key, blob).accepted());
  HostTrust other;
  REQUIRE(other.pinned().add_key(key_of("ssh-ed25519", 951).public_line()).ok());
  CHECK(ask(other, blob).verdict == HostKeyVerdict::mismatch);
}

namespace {

// A certification authority of X.509, made for the occasion.
class Authority {
 public:
  Authority() : Authority(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_sha256()) {}
  // With RSA of so many bits; its certificates are signed over that hash.
  Authority(std::size_t bits, const EVP_MD* hash)
      : Authority(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits), hash) {}
  Authority(EVP_PKEY* key, const EVP_MD* hash) : key_(key), hash_(hash) {
    der_ = make("authority", key_.get(), {"basicConstraints=critical,CA:TRUE"});
  }
  // One that another has signed.
  explicit Authority(const Authority& above, const char* name)
      : name_(name), key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")), hash_(EVP_sha256()) {
    der_ = above.make(name, key_.get(), {"basicConstraints=critical,CA:TRUE"});
  }
  const Blob& der() const { return der_; }
  std::string pem() const {
    const std::uint8_t* at = der_.data();
    const ossl::Owned<X509, X509_free> own(d2i_X509(nullptr, &at, static_cast<long>(der_.size())));
    const ossl::Bio out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), own.get());
    char* text = nullptr;
    const long len = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(len)};
  }
  // A host's certificate, with those extensions, valid for an hour around the real time.
  Blob issue(const std::vector<std::string>& extensions) const {
    const ossl::Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    return make("host", key.get(), extensions);
  }

 private:
  Blob make(const char* name, EVP_PKEY* subject_key,
            const std::vector<std::string>& extensions) const {
    const ossl::Owned<X509, X509_free> own(X509_new());
    X509_set_version(own.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(own.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(own.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(own.get()), 3600);
    set_name(X509_get_subject_name(own.get()), name);
    set_name(X509_get_issuer_name(own.get()), name_);
    X509_set_pubkey(own.get(), subject_key);
    for (const std::string& each : extensions) {
      const std::size_t equals = each.find('=');
      X509V3_CTX ctx;
      X509V3_set_ctx(&ctx, own.get(), own.get(), nullptr, nullptr, 0);
      const ossl::Owned<X509_EXTENSION, X509_EXTENSION_free> extension(X509V3_EXT_conf(
          nullptr, &ctx, each.substr(0, equals).c_str(), each.substr(equals + 1).c_str()));
      REQUIRE(extension != nullptr);
      X509_add_ext(own.get(), extension.get(), -1);
    }
    REQUIRE(X509_sign(own.get(), key_.get(), hash_) > 0);
    std::uint8_t* der = nullptr;
    const int len = i2d_X509(own.get(), &der);
    Blob out(der, der + len);
    OPENSSL_free(der);
    return out;
  }
  static void set_name(X509_NAME* name, const std::string& text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, as_bytes(text).data(), -1, -1, 0);
  }
  std::string name_ = "authority";
  ossl::Pkey key_;
  const EVP_MD* hash_;
  Blob der_;
};

Blob x509_key(const std::vector<Blob>& chain) {
  return x509_blob("x509v3-ecdsa-sha2-nistp256", chain);
}

}  // namespace

TEST_CASE("what can be forged is refused of X.509 authorities, also where SHA-1 is not") {
  TrustRules rules;
  rules.sha1_authorities = true;
  const auto decide = [&](std::size_t bits, const EVP_MD* hash) {
    const Authority authority(bits, hash);
    HostTrust trust;
    REQUIRE(trust.x509().add_pem(authority.pem(), "ca.pem").ok());
    const Blob blob = x509_key({authority.issue({"subjectAltName=DNS:server.example"})});
    return trust.check(kHost, 22, blob, openssl_provider(), rules);
  };
  CHECK(decide(1024, EVP_sha1()).accepted());
  CHECK(has(decide(768, EVP_sha256()).reason, "fewer than 1024 bits, or MD5"));
  CHECK(has(decide(2048, EVP_md5()).reason, "fewer than 1024 bits, or MD5"));
  rules.sha1_authorities = false;
  CHECK_FALSE(decide(2048, EVP_sha1()).accepted());
  CHECK_FALSE(decide(1024, EVP_sha256()).accepted());
  CHECK(decide(2048, EVP_sha256()).accepted());
}

// A block that says it is encrypted must not have libcrypto ask at the terminal.
TEST_CASE("an encrypted block in a file of authorities is none of them") {
  HostTrust trust;
  const std::string block =
      "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
      "DEK-Info: AES-128-CBC,000102030405060708090A0B0C0D0E0F\n\nAAAAAAAAAAAAAAAAAAAAAA==\n"
      "-----END CERTIFICATE-----\n";
  CHECK_FALSE(trust.x509().add_pem(block, "ca.pem").ok());
}

TEST_CASE("an X.509 host certificate is accepted by its authority, for its names and its use") {
  const Authority authority;
  HostTrust trust;
  REQUIRE(trust.x509().add_pem(authority.pem(), "ca.pem").ok());
  const auto decide = [&](const std::vector<std::string>& extensions, std::int64_t now = 0,
                          std::string_view host = kHost) {
    TrustRules rules;
    if (now != 0) rules.now = now;
    return trust.check(host, 22, x509_key({authority.issue(extensions)}), openssl_provider(),
                       rules);
  };
  const std::string name = "subjectAltName=DNS:server.example,IP:192.0.2.7";
  const auto refused = [&](const HostKeyDecision& decision, const char* why) {
    INFO(decision.reason);
    CHECK(decision.verdict == HostKeyVerdict::bad_certificate);
    CHECK(has(decision.reason, why));
  };
  CHECK(decide({name}).accepted());
  CHECK(decide({name}, 0, "192.0.2.7").accepted());
  CHECK(decide({name, "keyUsage=digitalSignature"}).accepted());
  CHECK(decide({name, "extendedKeyUsage=1.3.6.1.5.5.7.3.22"}).accepted());
  CHECK(decide({name, "extendedKeyUsage=anyExtendedKeyUsage"}).accepted());
  refused(decide({"subjectAltName=DNS:other.example"}), "hostname mismatch");
  refused(decide({name}, 0, "192.0.2.8"), "IP address mismatch");
  refused(decide({name}, 1000), "not yet valid");
  refused(decide({name}, std::time(nullptr) + 86400), "expired");
  refused(decide({name, "keyUsage=keyEncipherment"}), "not for signatures");
  refused(decide({name, "extendedKeyUsage=serverAuth"}), "not for SSH servers");
  const Authority stranger;
  refused(trust.check(kHost, 22, x509_key({stranger.issue({name})}), openssl_provider()),
          "signature");
  // Revoked beats the authority, and without one the key in it is judged.
  const Blob blob = x509_key({authority.issue({name})});
  const Blob plain = plain_key_of(blob, openssl_provider());
  const std::string line = std::string(kHost) + " " + format_public_line(plain, "") + "\n";
  REQUIRE(trust.known_hosts().add_text("@revoked " + line, "known").ok());
  CHECK(trust.check(kHost, 22, blob, openssl_provider()).verdict == HostKeyVerdict::revoked);
  HostTrust known;
  CHECK(known.check(kHost, 22, blob, openssl_provider()).verdict == HostKeyVerdict::unknown);
  REQUIRE(known.known_hosts().add_text(line, "known").ok());
  CHECK(known.check(kHost, 22, blob, openssl_provider()).accepted());
}

TEST_CASE("revoked beats an X.509 chain, whichever of its keys it is, and who sent it") {
  const Authority root;
  const Authority middle(root, "middle");
  const Blob leaf = middle.issue({"subjectAltName=DNS:server.example"});
  const bool sent = GENERATE(true, false);  // or known from the file of authorities
  HostTrust trust;
  REQUIRE(trust.x509().add_pem(root.pem() + (sent ? "" : middle.pem()), "ca.pem").ok());
  const Blob blob =
      x509_key(sent ? std::vector<Blob>{leaf, middle.der()} : std::vector<Blob>{leaf});
  const auto check = [&] { return trust.check(kHost, 22, blob, openssl_provider()); };
  INFO(check().reason);
  REQUIRE(check().accepted());
  std::vector<Blob> all;  // of each certificate its key, and a host key that it is
  for (const Blob& which : {leaf, middle.der(), root.der()}) {
    all.push_back(x509_key({which, root.der()}));
    all.push_back(plain_key_of(all.back(), openssl_provider()));
  }
  for (const Blob& revoked : all) {
    HostTrust with = trust;
    REQUIRE(with.known_hosts()
                .add_text("@revoked * " + std::string(public_blob_type(revoked)) + " " +
                              base64_encode(revoked) + "\n",
                          "known")
                .ok());
    CHECK(with.known_hosts().lines().size() == 1);
    CHECK(with.check(kHost, 22, blob, openssl_provider()).verdict == HostKeyVerdict::revoked);
  }
}

TEST_CASE("what is on file of X.509 authorities puts no other key in a pinned one's place") {
  const Authority authority;
  HostTrust trust;
  REQUIRE(trust.x509().add_pem(authority.pem(), "ca.pem").ok());
  const Blob blob = x509_key({authority.issue({"subjectAltName=DNS:server.example"})});
  REQUIRE(trust.check(kHost, 22, blob, openssl_provider()).accepted());
  REQUIRE(trust.pinned().add_key(key_of("ssh-ed25519", 951).public_line()).ok());
  CHECK(trust.check(kHost, 22, blob, openssl_provider()).verdict == HostKeyVerdict::mismatch);
  CHECK_FALSE(trust.has_x509_authority());
}

TEST_CASE("a file of authorities with a damaged certificate is refused, and says which") {
  const Authority one, other;
  std::string damaged = other.pem();
  damaged.replace(damaged.find("MII"), 3, "AAA");
  for (const auto& [text, which] : {std::pair{one.pem() + damaged + one.pem(), "certificate 2 in"},
                                    std::pair{damaged + one.pem(), "certificate 1 in"},
                                    std::pair{one.pem() + other.pem().substr(0, 200), ""}}) {
    HostTrust trust;
    const KeyError error = trust.x509().add_pem(text, "ca.pem");
    INFO(error.text);
    CHECK(error.code == KeyErrc::malformed);
    CHECK(error.text.find(which) != std::string::npos);
    CHECK_FALSE(trust.has_x509_authority());
  }
  HostTrust whole;
  CHECK(whole.x509()
            .add_pem("# ours\n" + one.pem() + "\n# theirs\n" + other.pem() + "# end\n", "ca")
            .ok());
}

TEST_CASE("a file of authorities holds certificates, or says that it does not") {
  HostTrust trust;
  CHECK_FALSE(trust.x509().add_pem("nothing", "ca.pem").ok());
  CHECK_FALSE(trust.x509().add_file("/nowhere/ca.pem").ok());
  CHECK_FALSE(trust.has_x509_authority());
  CHECK_FALSE(trust.add_authority("nothing").ok());
  CHECK_FALSE(trust.has_authority(kHost, 22));
}
