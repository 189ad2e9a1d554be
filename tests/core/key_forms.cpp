// Public key algorithms of every form in whole logins, as host keys and as user keys, and what is
// refused of certificates before anybody is asked.
#include <catch2/catch.hpp>

#include "lib/crypto/key_algorithm.hpp"
#include "tests/core/certificates.hpp"
#include "tests/core/loopback_world.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

std::vector<std::string> all_algorithms() {
  std::vector<std::string> out;
  each_key_algorithm(openssl_provider(), [&](const KeyAlgorithm& alg) {
    if (alg.sig->sign != nullptr) out.emplace_back(alg.name);
  });
  return out;
}

// A login whose host key algorithm and user key algorithm are those two.
struct FormWorld : World {
  FormWorld(const Provider& p, const std::string& host_alg, const std::string& user_alg)
      : World(p, p), host(form_key_of(host_alg, 100)), user(form_key_of(user_alg)) {
    use_host_key(*host.identity, host.blob);
    for (auto* config : {&client, &server}) {
      config->host_key_algorithms = keep(host_alg);
      config->sig_algorithms = keep(user_alg);
    }
    client.methods = "publickey";
    auto& row = add_user_key(*user.identity, false);
    row.public_blob = user.blob.data();
    row.public_blob_len = user.blob.size();
    server_host.authorized.push_back(user.blob);
  }
  void use_host_key(const Identity& key, const Blob& blob) {
    set_host_key(key);
    host_rows.back().public_blob = blob.data();
    host_rows.back().public_blob_len = blob.size();
  }
  FormKey host, user;
};

// What comes of a client that is shown that blob for a host key of that algorithm.
std::int32_t code_for(const Identity& key, const Blob& blob, const char* algorithm,
                      std::uint32_t min_rsa_bits = 0) {
  FormWorld w(openssl_provider(), algorithm, "ssh-ed25519");
  w.use_host_key(key, blob);
  w.client.min_rsa_bits = min_rsa_bits;
  w.server.min_rsa_bits = 1024;
  try {
    w.run();
  } catch (const std::runtime_error&) {
    return 1;  // not even the server takes it
  }
  return w.pair->client.error().code;
}

constexpr const char* kEd = "ssh-ed25519-cert-v01@openssh.com";

Errc check(const char* algorithm, Bytes blob) {
  OpenedKey key;
  return check_key(find_key_algorithm(openssl_provider(), algorithm), openssl_provider(), blob,
                   2048, key);
}

}  // namespace

TEST_CASE("every public key algorithm is a host key and a user key") {
  const std::vector<std::string> all = all_algorithms();
  REQUIRE(all.size() >= 25);
  for (const Provider* p : {&openssl_provider(), &fastest_provider()})
    for (std::size_t i = 0; i < all.size(); ++i)
      for (const Feed feed : {Feed::whole, Feed::one_octet}) {
        const std::string& user = all[(i + 7) % all.size()];
        INFO(all[i] << " " << user << " by " << p->name);
        FormWorld w(*p, all[i], user);
        const bool open = w.run(feed).both_open;
        INFO(w.errors());
        REQUIRE(open);
        CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_HOST_KEY_ALGORITHM) == all[i]);
        CHECK(w.pair->server.text(IPWORKSAUTH_TEXT_HOST_KEY_ALGORITHM) == all[i]);
        const std::string blob(as_text(w.host.blob));
        CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_HOST_KEY) == blob);
      }
}

TEST_CASE("a server offers what it has keys for, certificates first") {
  FormWorld w(openssl_provider(), kEd, "ssh-ed25519");
  w.add_host_key(key_of("ssh-ed25519", 100));
  w.server.host_key_algorithms = nullptr;
  w.client.host_key_algorithms = "ssh-ed25519-cert-v01@openssh.com,ssh-ed25519";
  CHECK(w.run().both_open);
  CHECK(w.pair->client.text(IPWORKSAUTH_TEXT_HOST_KEY_ALGORITHM) == kEd);
  // A client that names none is shown none.
  FormWorld plain(openssl_provider(), kEd, "ssh-ed25519");
  plain.add_host_key(key_of("ssh-ed25519", 100));
  plain.server.host_key_algorithms = nullptr;
  plain.client.host_key_algorithms = nullptr;
  CHECK(plain.run().both_open);
  CHECK(plain.pair->client.text(IPWORKSAUTH_TEXT_HOST_KEY_ALGORITHM) == "ssh-ed25519");
}

TEST_CASE("a security key's certificate holds the key under its own type") {
  struct Sk {
    const char *type, *certificate;
  };
  for (const Sk& sk :
       {Sk{"sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com"},
        Sk{"sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com"}}) {
    INFO(sk.type);
    Blob blob(256);
    Writer w(blob);
    const bool ed = std::string_view(sk.type).find("ed25519") != std::string_view::npos;
    Blob point(ed ? 32 : 65, 4);
    w.string(std::string_view(sk.type));
    if (!ed) w.string(std::string_view("nistp256"));
    w.string(point).string(std::string_view("ssh:"));
    blob.resize(w.len());
    CertificateSpec spec;
    spec.kind = Certificate::user;
    const Blob certificate =
        make_certificate(Identity(blob, "", "made"), key_of("ssh-ed25519", 900), spec);
    Certificate c;
    REQUIRE(decode_certificate(certificate, c) == Errc::ok);
    CHECK(c.type == sk.certificate);
    CHECK(c.key_type == sk.type);
    Blob plain(256);
    Writer back(plain);
    write_certified_key(back, c);
    CHECK(same_bytes(back.written(), blob));
    CHECK(check(sk.certificate, certificate) == Errc::ok);
    CHECK(check(sk.certificate, blob) != Errc::ok);
    CHECK(check(sk.type, certificate) != Errc::ok);
    for (std::size_t i = 0; i < certificate.size(); ++i)
      CHECK(check(sk.certificate, Bytes(certificate).first(i)) != Errc::ok);
  }
}

TEST_CASE("a certificate's fields are read as they were written") {
  CertificateSpec spec;
  spec.kind = Certificate::user;
  spec.serial = 0x1122334455667788;
  spec.principals = {"alice", "bob"};
  spec.valid_after = 10;
  spec.valid_before = 20;
  spec.critical_options = {{"force-command", "true"}};
  spec.extensions = {{"permit-pty", ""}, {"permit-user-rc", ""}};
  for (const char* type : {"ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa", "ssh-dss"}) {
    INFO(type);
    const Identity& key = key_of(type);
    const Identity& ca = key_of("ecdsa-sha2-nistp384");
    const Blob blob = make_certificate(key, ca, spec);
    Certificate c;
    REQUIRE(decode_certificate(blob, c) == Errc::ok);
    CHECK(c.key_type == type);
    CHECK(c.serial == spec.serial);
    CHECK(c.kind == Certificate::user);
    CHECK(c.key_id == spec.key_id);
    CHECK(c.valid_after == 10);
    CHECK(c.valid_before == 20);
    CHECK(same_bytes(c.ca_key, ca.public_blob()));
    std::string seen;
    each_principal(c.principals, [&](std::string_view name) { seen += std::string(name) + ","; });
    each_option(c.critical_options, [&](std::string_view name, Bytes data) {
      seen += std::string(name) + "=" + std::string(as_text(data)) + ",";
    });
    each_option(c.extensions, [&](std::string_view name, Bytes) { seen += std::string(name); });
    CHECK(seen == "alice,bob,force-command=true,permit-ptypermit-user-rc");
    std::uint8_t plain[4096];
    Writer w(plain);
    write_certified_key(w, c);
    CHECK(same_bytes(w.written(), key.public_blob()));
    CHECK(verify_certificate(openssl_provider(), c) == Errc::ok);
  }
}

TEST_CASE("no octet of a certificate can be changed, left out or added") {
  const Blob good = make_certificate(key_of("ssh-ed25519"), key_of("ssh-ed25519", 900));
  REQUIRE(check(kEd, good) == Errc::ok);
  for (std::size_t i = 0; i < good.size(); ++i) {
    INFO(i);
    for (const int bit : {0, 7}) {
      Blob changed = good;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ 1 << bit);
      CHECK(check(kEd, changed) != Errc::ok);
    }
    CHECK(check(kEd, Bytes(good).first(i)) != Errc::ok);
  }
  Blob longer = good;
  longer.push_back(0);
  CHECK(check(kEd, longer) != Errc::ok);
}

TEST_CASE("what is malformed in a certificate is refused although it is signed") {
  const Identity& key = key_of("ssh-ed25519");
  const Identity& ca = key_of("ssh-ed25519", 900);
  const auto refused = [&](auto change) {
    CertificateSpec spec;
    change(spec);
    CHECK(check(kEd, make_certificate(key, ca, spec)) == Errc::bad_certificate);
  };
  refused([](auto& s) { s.kind = 0; });
  refused([](auto& s) { s.kind = 3; });
  refused([](auto& s) { s.valid_after = 2, s.valid_before = 1; });
  refused([](auto& s) { s.principals.assign(257, "a"); });
  CertificateSpec most;
  most.principals.assign(256, "a");
  CHECK(check(kEd, make_certificate(key, ca, most)) == Errc::ok);
  // An authority's signature by an algorithm that does not fit its key, and a certificate for one.
  CertificateSpec sha1;
  sha1.ca_algorithm = "ssh-rsa";
  CHECK(check(kEd, make_certificate(key, key_of("ssh-rsa"), sha1)) == Errc::ok);
  CHECK(code_for(key, make_certificate(key, ca), "ssh-ed25519-cert-v01@openssh.com") == 0);
}

TEST_CASE("RSA keys are as long as the policy says, of hosts, users and authorities") {
  // 1024 bits come from outside: keys are made longer here.
  static constexpr const char* kRsa = "rsa-sha2-256";
  const Identity& key = key_of("ssh-rsa", 100);  // 2048 bits
  const Bytes blob = key.public_blob();
  const Blob plain(blob.begin(), blob.end());
  CHECK(code_for(key, plain, kRsa) == 0);
  CHECK(code_for(key, plain, kRsa, 2049) == IPWORKSAUTH_E_WEAK_KEY);
  // The authority's key counts as much as the certified one.
  const Identity& ed = key_of("ssh-ed25519", 100);
  const Blob by_rsa = make_certificate(ed, key_of("ssh-rsa", 901));
  CHECK(code_for(ed, by_rsa, kEd) == 0);
  CHECK(code_for(ed, by_rsa, kEd, 3072) == IPWORKSAUTH_E_WEAK_KEY);
  const Blob of_rsa = make_certificate(key, ed);
  CHECK(code_for(key, of_rsa, "rsa-sha2-512-cert-v01@openssh.com", 3072) == IPWORKSAUTH_E_WEAK_KEY);
  // A user's key that is too short is not offered, and the reason is told; a server refuses it.
  for (const bool client : {true, false}) {
    World w;
    w.client.methods = "publickey";
    w.add_user_key(key_of("ssh-rsa"));
    (client ? w.client : w.server).min_rsa_bits = 4096;
    CHECK_FALSE(w.run().both_open);
    const auto info = w.pair->client.error();
    CHECK(info.code == IPWORKSAUTH_E_AUTH_FAILED);
    if (client) CHECK(std::string(info.text).find("min_rsa_bits") != std::string::npos);
  }
  // Out of range.
  for (const std::uint32_t bits : {1023U, 16385U}) {
    World w;
    w.client.min_rsa_bits = bits;
    CHECK_THROWS(w.join());
  }
}

TEST_CASE("the form that was negotiated is the form that must come") {
  const Identity& key = key_of("ssh-ed25519", 100);
  const Bytes plain = key.public_blob();
  CHECK(check(kEd, plain) != Errc::ok);
  const Blob certificate = make_certificate(key, key);
  CHECK(check("ssh-ed25519", certificate) != Errc::ok);
  const X509Key& x509 = x509_key_of("ssh-rsa");
  const Blob sha2 = x509_blob("x509v3-rsa2048-sha256", {x509.der});
  CHECK(check("x509v3-rsa2048-sha256", sha2) == Errc::ok);
  CHECK(check("x509v3-ssh-rsa", sha2) != Errc::ok);
  CHECK(check("rsa-sha2-256", sha2) != Errc::ok);
  CHECK(check("x509v3-ecdsa-sha2-nistp256", x509_blob("x509v3-ecdsa-sha2-nistp256", {x509.der})) !=
        Errc::ok);
  // The drafts' certificate comes bare, too.
  CHECK(check("x509v3-sign-rsa", x509.der) == Errc::ok);
  CHECK(check("x509v3-sign-rsa", x509_draft_blob("x509v3-sign-rsa", x509.der)) == Errc::ok);
}

TEST_CASE("a chain of X.509 certificates is read to its end and no further") {
  const X509Key& x509 = x509_key_of("ecdsa-sha2-nistp256");
  constexpr const char* kName = "x509v3-ecdsa-sha2-nistp256";
  const Blob good = x509_blob(kName, {x509.der, x509.der});
  REQUIRE(check(kName, good) == Errc::ok);
  for (std::size_t len = 0; len < good.size(); ++len)
    CHECK(check(kName, Bytes(good).first(len)) != Errc::ok);
  Blob longer = good;
  longer.push_back(0);
  CHECK(check(kName, longer) != Errc::ok);
  CHECK(check(kName, x509_blob(kName, {})) == Errc::bad_certificate);
  CHECK(check(kName, x509_blob(kName, std::vector<Blob>(17, x509.der))) != Errc::ok);
  Blob trailing = x509.der;
  trailing.push_back(0);
  CHECK(check(kName, x509_blob(kName, {trailing})) == Errc::bad_certificate);
  for (std::size_t i = 0; i < x509.der.size(); ++i)
    CHECK(check(kName, x509_blob(kName, {Blob(x509.der.begin(),
                                              x509.der.begin() + static_cast<long>(i))})) !=
          Errc::ok);
  // A count that the octets do not hold must not be believed.
  Blob counted = good;
  for (const int count : {0, 1, 3, 255}) {
    counted[4 + 26 + 3] = static_cast<std::uint8_t>(count);
    CHECK(check(kName, counted) != Errc::ok);
  }
}
