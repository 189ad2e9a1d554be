// PEM: what openssl and ssh-keygen -m write is read, damage and wrong passphrases are told apart.
#include <openssl/err.h>

#include <catch2/catch.hpp>

#include "lib/keys/generate.hpp"
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct Made {
  const char* algorithm;
  std::vector<std::string> options;
  const char* type;
};
const Made kMade[] = {{"RSA", {"rsa_keygen_bits:2048"}, "ssh-rsa"},
                      {"EC", {"ec_paramgen_curve:P-256"}, "ecdsa-sha2-nistp256"},
                      {"EC", {"ec_paramgen_curve:P-384"}, "ecdsa-sha2-nistp384"},
                      {"EC", {"ec_paramgen_curve:P-521"}, "ecdsa-sha2-nistp521"},
                      {"ED25519", {}, "ssh-ed25519"}};

// A PKCS#8 key by openssl.
std::string genpkey(const Made& made, const std::string& path) {
  std::vector<std::string> argv{"openssl", "genpkey", "-algorithm", made.algorithm, "-out", path};
  for (const std::string& option : made.options) argv.insert(argv.end(), {"-pkeyopt", option});
  must_run(argv);
  return slurp(path);
}

std::string public_half(const std::string& path, const std::string& passphrase = "") {
  return must_run({"ssh-keygen", "-y", "-P", passphrase, "-f", path});
}

// The pem block `label` over DER octets.
std::string pem(const std::string& label, const Blob& der) {
  std::string base64 = base64_encode(der);
  std::string text = "-----BEGIN " + label + "-----\n";
  for (std::size_t at = 0; at < base64.size(); at += 64) text += base64.substr(at, 64) + "\n";
  return text + "-----END " + label + "-----\n";
}
Blob der_of(const std::string& text) {
  std::string body;
  for (std::size_t at = text.find('\n') + 1; at < text.rfind("-----END"); ++at)
    if (text[at] != '\n') body += text[at];
  return base64_decode(body).value();
}

}  // namespace

TEST_CASE("PKCS#8 of every type, plain") {
  const TempFolder folder;
  for (const Made& made : kMade) {
    INFO(made.type);
    const std::string path = folder / made.type;
    const std::string text = genpkey(made, path);
    KeyResult result = load(text);
    REQUIRE(result.ok());
    CHECK(result->type() == made.type);
    CHECK(result->format() == "PKCS#8");
    CHECK_FALSE(result->encrypted());
    if (std::string(made.algorithm) != "ED25519")  // OpenSSH 9.2 does not read those
      CHECK(result->public_line() + "\n" == public_half(path));
    require_signs(*result);
  }
}

TEST_CASE("PKCS#8 encrypted in each way that OpenSSL's default provider has") {
  const TempFolder folder;
  const Made& made = kMade[0];
  genpkey(made, folder / "key");
  const std::vector<std::string> ways[] = {
      {"-v2", "aes-256-cbc"},           {"-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"},
      {"-v2", "des3", "-iter", "1000"}, {"-scrypt"},
      {"-v1", "PBE-SHA1-3DES"},
  };
  for (const std::vector<std::string>& way : ways) {
    INFO(way.back());
    const std::string path = folder / "locked";
    std::vector<std::string> argv{"openssl", "pkcs8", "-topk8",   "-in",     folder / "key",
                                  "-out",    path,    "-passout", "pass:s p"};
    argv.insert(argv.end(), way.begin(), way.end());
    must_run(argv);
    const std::string text = slurp(path);
    KeyResult result = load(text, "s p");
    REQUIRE(result.ok());
    CHECK(result->encrypted());
    CHECK(result->format() == "PKCS#8 encrypted");
    require_signs(*result);
    CHECK(code_of(text) == KeyErrc::needs_passphrase);
    // About one wrong passphrase in 256 gives right padding, so several are tried.
    for (const char* wrong : {"", "s", "s p ", "a", "b", "c", "d", "e", "f"})
      CHECK(code_of(text, wrong) == KeyErrc::wrong_passphrase);
  }
}

TEST_CASE("traditional PEM, plain and with DEK-Info") {
  const TempFolder folder;
  for (const Made& made : kMade) {
    if (std::string(made.algorithm) == "ED25519") continue;
    INFO(made.type);
    const bool rsa = std::string(made.algorithm) == "RSA";
    genpkey(made, folder / "key");
    const std::string tool = rsa ? "rsa" : "ec";
    std::vector<std::string> argv{"openssl", tool, "-in", folder / "key", "-out", folder / "trad"};
    if (rsa) argv.push_back("-traditional");
    must_run(argv);
    KeyResult result = load(slurp(folder / "trad"));
    REQUIRE(result.ok());
    CHECK(result->type() == made.type);
    CHECK(result->format() == (rsa ? "PEM PKCS#1 RSA" : "PEM SEC1 EC"));
    require_signs(*result);
    for (const char* cipher : {"-aes128", "-aes256", "-des3"}) {
      INFO(cipher);
      std::vector<std::string> lock = argv;
      lock[5] = folder / "locked";
      lock.insert(lock.end(), {cipher, "-passout", "pass:secret"});
      must_run(lock);
      const std::string text = slurp(folder / "locked");
      REQUIRE(text.find("DEK-Info:") != std::string::npos);
      KeyResult opened = load(text, "secret");
      REQUIRE(opened.ok());
      CHECK(opened->encrypted());
      CHECK(same_bytes(opened->public_blob(), result->public_blob()));
      CHECK(code_of(text) == KeyErrc::needs_passphrase);
      for (const char* wrong : {"", "a", "b", "c", "secret "})
        CHECK(code_of(text, wrong) == KeyErrc::wrong_passphrase);
    }
  }
}

TEST_CASE("what ssh-keygen writes as PEM and PKCS8") {
  const TempFolder folder;
  for (const char* form : {"PEM", "PKCS8"})
    for (const char* type : {"rsa", "ecdsa"}) {
      INFO(form << " " << type);
      const std::string path = folder / (std::string(form) + type);
      must_run({"ssh-keygen", "-q", "-t", type, "-m", form, "-f", path, "-N", "secret"});
      KeyResult result = load(slurp(path), "secret");
      REQUIRE(result.ok());
      CHECK(result->encrypted());
      KeyResult line = load_identity_file(path + ".pub");
      REQUIRE(line.ok());
      CHECK(same_bytes(result->public_blob(), line->public_blob()));
    }
}

TEST_CASE("public keys as PEM") {
  const TempFolder folder;
  for (const Made& made : kMade) {
    INFO(made.type);
    const std::string text = genpkey(made, folder / "key");
    must_run({"openssl", "pkey", "-in", folder / "key", "-pubout", "-out", folder / "pub"});
    KeyResult whole = load(text);
    KeyResult half = load_identity_file(folder / "pub");
    REQUIRE(half.ok());
    CHECK_FALSE(half->can_sign());
    CHECK(half->format() == "PEM public key");
    CHECK(same_bytes(half->public_blob(), whole->public_blob()));
  }
  genpkey(kMade[0], folder / "key");
  must_run({"openssl", "rsa", "-in", folder / "key", "-RSAPublicKey_out", "-out", folder / "pub"});
  CHECK(load_identity_file(folder / "pub").ok());
}

TEST_CASE("blocks that are no key are passed over, text around them too") {
  const TempFolder folder;
  must_run({"openssl", "ecparam", "-name", "prime256v1", "-genkey", "-out", folder / "ec"});
  const std::string text = slurp(folder / "ec");
  REQUIRE(text.find("BEGIN EC PARAMETERS") != std::string::npos);
  CHECK(load(text).ok());
  CHECK(load("Bag Attributes\n  friendlyName: x\n" + text).ok());
  must_run({"openssl", "req", "-x509", "-new", "-key", folder / "ec", "-subj", "/CN=x", "-out",
            folder / "cert"});
  KeyResult certificate = load(slurp(folder / "cert"));
  REQUIRE(certificate.ok());
  CHECK(certificate->format() == "X.509 certificate");
  CHECK_FALSE(certificate->can_sign());
  CHECK(certificate->x509_chain().size() == 1);
  KeyResult both = load(slurp(folder / "cert") + text);
  REQUIRE(both.ok());
  CHECK(both->has_private());
  CHECK(both->x509_chain() == certificate->x509_chain());
}

// RFC 7468 §3: what parsers should take, and what they must not.
TEST_CASE("PEM as editors and mailers leave it") {
  const TempFolder folder;
  const std::string text = genpkey(kMade[1], folder / "key");
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string out = text;
    for (std::size_t at = 0; (at = out.find(from, at)) != std::string::npos; at += to.size())
      out.replace(at, from.size(), to);
    return out;
  };
  CHECK(load(changed("\n", "\r\n")).ok());
  CHECK(load(changed("\n", " \t\n")).ok());
  CHECK(load(changed("\n", "\n\n")).ok());
  CHECK(load(text.substr(0, text.size() - 1)).ok());
  CHECK(load("see -----BEGIN PRIVATE KEY----- below\n" + text).ok());
  for (const std::string& bad :
       {changed("END PRIVATE", "END PUBLIC"), changed("-----END", "----END"),
        changed("\n-----END", "\x80\n-----END"), changed("\n-----END", "*\n-----END"),
        changed("\n-----END", "=\n-----END"), changed("-----END PRIVATE KEY-----", ""),
        changed("-----END", " -----END"),
        changed("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\n")}) {
    INFO(bad);
    CHECK(code_of(bad) == KeyErrc::malformed);
  }
  // Headers say how the contents are enciphered; in a block that cannot be, they change nothing.
  CHECK(load(changed("BEGIN PRIVATE KEY-----\n", "BEGIN PRIVATE KEY-----\nX-Note: hi\n\n")).ok());
}

namespace {

std::string ssh_key(const TempFolder& folder, const char* type, const std::string& passphrase = "",
                    const char* form = "RFC4716") {
  const std::string path = folder / (type + passphrase + form);
  must_run({"ssh-keygen", "-q", "-t", type, "-m", form, "-N", passphrase, "-f", path});
  return slurp(path);
}

std::string cut_out(std::string text, const std::string& what) {
  return text.erase(text.find(what), what.size());
}

struct Found {
  KeyError bad;
  std::vector<Identity> keys;
  PassedOver over;
};
Found find(const std::string& text, std::optional<std::string_view> passphrase = {},
           bool public_only = false) {
  LoadOptions options;
  options.passphrase = passphrase;
  options.public_only = public_only;
  Found out;
  out.bad = load_keys(as_bytes(text), options, out.keys, &out.over);
  return out;
}

}  // namespace

TEST_CASE("PEM: what is damaged or under another passphrase is passed over beside a good key") {
  const TempFolder folder;
  const std::string good = ssh_key(folder, "ed25519");
  const std::string plain = load(good)->public_line();
  const std::string end = "-----END OPENSSH PRIVATE KEY-----\n";
  const std::string no_key = pem("RSA PRIVATE KEY", {0x30, 0});
  const std::string locked = ssh_key(folder, "rsa", "first", "PEM");
  const std::string openssh = ssh_key(folder, "ecdsa", "first");
  const std::pair<std::string, KeyErrc> others[] = {
      {no_key, KeyErrc::malformed},
      {pem("CERTIFICATE", {0x30, 0}), KeyErrc::malformed},
      {cut_out(good, end), KeyErrc::malformed},  // the next one begins in it
      {cut_out(no_key, "-----END RSA PRIVATE KEY-----\n"), KeyErrc::malformed},
      {"-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n", KeyErrc::malformed},
      {locked, KeyErrc::wrong_passphrase},
      {openssh, KeyErrc::wrong_passphrase}};
  for (const auto& [other, code] : others)
    for (const std::string& text : {other + good, good + other}) {
      INFO(text);
      const Found found = find(text, "wrong");
      REQUIRE(found.bad.ok());
      REQUIRE(found.keys.size() == 1);
      CHECK(found.keys[0].public_line() == plain);
      CHECK(found.over.num == 1);
      CHECK(found.over.first.code == code);
    }
  const Found closed = find(locked + good);
  REQUIRE(closed.keys.size() == 1);
  CHECK(closed.over.first.code == KeyErrc::needs_passphrase);
}

TEST_CASE("PEM: of keys under different passphrases the one that was given opens its own") {
  const TempFolder folder;
  const std::string first = ssh_key(folder, "rsa", "first", "PEM"),
                    second = ssh_key(folder, "ecdsa", "second");
  for (const std::string& text : {first + second, second + first}) {
    CHECK(find(text, "first").keys.at(0).type() == "ssh-rsa");
    CHECK(find(text, "second").keys.at(0).type() == "ecdsa-sha2-nistp256");
    CHECK(find(text, "second").over.num == 1);
    CHECK(find(text, "third").bad.code == KeyErrc::wrong_passphrase);
    CHECK(find(text).bad.code == KeyErrc::needs_passphrase);
  }
}

TEST_CASE("PEM: where no key is left a passphrase is asked for, and public halves stand for none") {
  const TempFolder folder;
  const std::string no_key = pem("RSA PRIVATE KEY", {0x30, 0}), x = pem("X PRIVATE KEY", {0x30, 0});
  genpkey(kMade[1], folder / "key");
  must_run({"openssl", "pkcs8", "-topk8", "-in", folder / "key", "-passout", "pass:p", "-out",
            folder / "locked"});
  must_run({"openssl", "pkey", "-in", folder / "key", "-pubout", "-out", folder / "half"});
  must_run({"openssl", "req", "-x509", "-new", "-key", folder / "key", "-subj", "/CN=x", "-out",
            folder / "certificate"});
  const std::string locked = slurp(folder / "locked");
  CHECK(find(no_key + locked).bad.code == KeyErrc::needs_passphrase);
  CHECK(find(no_key + locked, "q").bad.code == KeyErrc::wrong_passphrase);
  CHECK(find(x + no_key).bad.code == KeyErrc::unsupported_type);
  CHECK(find(no_key + x).bad.code == KeyErrc::malformed);
  for (const char* beside : {"half", "certificate"})
    for (const std::string& text :
         {slurp(folder / beside) + locked, locked + slurp(folder / beside)}) {
      CHECK(find(text).bad.code == KeyErrc::needs_passphrase);
      CHECK(find(text, "q").bad.code == KeyErrc::wrong_passphrase);
      CHECK(load(text, "p")->has_private());
      CHECK(find(text, {}, true).keys.size() == 1);
    }
}

TEST_CASE("PEM: blocks that never end cost no more than their octets") {
  std::string text;
  while (text.size() < 1000 * 1000) text += "-----BEGIN X-----\n";
  const Found found = find(text);
  CHECK(found.bad.code == KeyErrc::malformed);
}

TEST_CASE("an EC key that names its curve twice names one curve") {
  const TempFolder folder;
  must_run(
      {"openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", folder / "ec"});
  must_run({"openssl", "pkcs8", "-topk8", "-nocrypt", "-in", folder / "ec", "-out", folder / "p8"});
  const Blob inner = der_of(slurp(folder / "ec"));  // names its curve in itself
  const Blob outer = der_of(slurp(folder / "p8"));
  // The AlgorithmIdentifier of the one around the other.
  Blob both = {0x30, 0x81, 0, 2, 1, 0};
  both.insert(both.end(), outer.begin() + 6, outer.begin() + 27);
  both.insert(both.end(), {4, static_cast<std::uint8_t>(inner.size())});
  both.insert(both.end(), inner.begin(), inner.end());
  both[2] = static_cast<std::uint8_t>(both.size() - 3);
  CHECK(load(pem("PRIVATE KEY", both)).ok());
  const std::size_t oid = 6 + 20;  // the last arc of the outer name: secp256r1 is 7 there
  REQUIRE(both[oid] == 7);
  both[oid] = 1;  // prime192v1
  CHECK(code_of(pem("PRIVATE KEY", both)) == KeyErrc::malformed);
}

TEST_CASE("curves and types that SSH does not have") {
  const TempFolder folder;
  for (const char* curve : {"secp256k1", "brainpoolP256r1", "P-224"}) {
    INFO(curve);
    CHECK(code_of(genpkey({"EC", {std::string("ec_paramgen_curve:") + curve}, ""},
                          folder / "key")) == KeyErrc::unsupported_type);
  }
  for (const char* algorithm : {"X25519", "X448", "RSA-PSS"}) {
    INFO(algorithm);
    CHECK(code_of(genpkey({algorithm, {}, ""}, folder / "key")) == KeyErrc::unsupported_type);
  }
  CHECK(code_of(genpkey({"RSA", {"rsa_keygen_bits:768"}, ""}, folder / "key")) ==
        KeyErrc::unsupported_type);
  must_run({"openssl", "dsaparam", "-genkey", "-noout", "-out", folder / "dsa", "1024"});
  CHECK(load_identity_file(folder / "dsa").error().code == KeyErrc::unsupported_type);
  must_run(
      {"openssl", "pkcs8", "-topk8", "-nocrypt", "-in", folder / "dsa", "-out", folder / "d8"});
  CHECK(load_identity_file(folder / "d8").error().code == KeyErrc::unsupported_type);
  must_run({"openssl", "ecparam", "-name", "prime256v1", "-param_enc", "explicit", "-genkey",
            "-noout", "-out", folder / "explicit"});
  CHECK(load_identity_file(folder / "explicit").ok());  // libcrypto recognises the curve
}

// RFC 8017 §A.1.2: such a key is whole, and of version 1.
TEST_CASE("RSA with more than two factors is of a type that is not supported") {
  const TempFolder folder;
  const std::string text =
      genpkey({"RSA", {"rsa_keygen_bits:2048", "rsa_keygen_primes:3"}, ""}, folder / "key");
  must_run(
      {"openssl", "rsa", "-traditional", "-in", folder / "key", "-out", folder / "traditional"});
  const Blob der = der_of(slurp(folder / "traditional"));
  for (const std::string& form : {text, slurp(folder / "traditional"),
                                  std::string(as_text(der_of(text))), std::string(as_text(der))}) {
    const KeyError bad = load(form).error();
    CHECK(bad.code == KeyErrc::unsupported_type);
    CHECK(bad.text.find("RSA with more than two factors") != std::string::npos);
  }
  // Version 0 has two, and what is cut has none.
  Blob other = der;
  REQUIRE(other[6] == 1);
  other[6] = 0;
  CHECK(code_of(pem("RSA PRIVATE KEY", other)) == KeyErrc::malformed);
  other = der;
  other.pop_back();
  CHECK(code_of(pem("RSA PRIVATE KEY", other)) == KeyErrc::malformed);
}

TEST_CASE("PEM keys cut at any length are refused, flipped bits do not change the key") {
  const TempFolder folder;
  must_run(
      {"openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", folder / "sec1"});
  must_run(
      {"openssl", "pkcs8", "-topk8", "-nocrypt", "-in", folder / "sec1", "-out", folder / "pkcs8"});
  must_run({"openssl", "pkcs8", "-topk8", "-in", folder / "sec1", "-out", folder / "locked",
            "-passout", "pass:p", "-iter", "1"});
  const std::pair<const char*, const char*> files[] = {
      {"sec1", "EC PRIVATE KEY"}, {"pkcs8", "PRIVATE KEY"}, {"locked", "ENCRYPTED PRIVATE KEY"}};
  for (const auto& [name, label] : files) {
    INFO(name);
    const std::string text = slurp(folder / name);
    const Blob der = der_of(text);
    KeyResult original = load(pem(label, der), "p");
    REQUIRE(original.ok());
    for (std::size_t len = 0; len < der.size(); ++len) {
      INFO("cut to " << len);
      const Blob cut(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(len));
      CHECK(code_of(pem(label, cut), "p") != KeyErrc::ok);
    }
    for (std::size_t len = 0; len + 26 < text.size(); len += 3)
      CHECK(code_of(text.substr(0, len), "p") != KeyErrc::ok);
    for (std::size_t bit = 0; bit < der.size() * 8; ++bit) {
      Blob flipped = der;
      flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << bit % 8));
      KeyResult result = load(pem(label, flipped), "p");
      INFO("bit " << bit);
      if (result.ok()) CHECK(same_bytes(result->public_blob(), original->public_blob()));
    }
  }
}

// RFC 5958 §2: version 1 and a public key at the end, as other libraries write Ed25519 keys.
TEST_CASE("PKCS#8 with the public key in it") {
  const TempFolder folder;
  const Blob v1 = der_of(genpkey(kMade[4], folder / "key"));
  KeyResult original = load(pem("PRIVATE KEY", v1));
  REQUIRE(original.ok());
  const ipworksauth_public_key& numbers = original->private_key()->pub;
  const Bytes point{numbers.first, numbers.first_len};
  REQUIRE(v1.size() == 48);
  Blob v2(v1);
  v2[1] = static_cast<std::uint8_t>(v2[1] + 35);
  v2[4] = 1;
  v2.insert(v2.end(), {0x81, 33, 0});
  v2.insert(v2.end(), point.begin(), point.end());
  KeyResult result = load(pem("PRIVATE KEY", v2));
  REQUIRE(result.ok());
  CHECK(same_bytes(result->public_blob(), original->public_blob()));
  require_signs(*result);
  for (std::size_t len = 0; len < v2.size(); ++len)
    CHECK(code_of(pem("PRIVATE KEY",
                      Blob(v2.begin(), v2.begin() + static_cast<std::ptrdiff_t>(len)))) ==
          KeyErrc::malformed);
  v2.back() ^= 1;
  CHECK(code_of(pem("PRIVATE KEY", v2)) == KeyErrc::malformed);
}

TEST_CASE("the error queue of an application that uses libcrypto stays as it was") {
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, 7);
  const unsigned long before = ERR_peek_last_error();
  for (const char* label : {"PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY",
                            "RSA PRIVATE KEY", "PUBLIC KEY", "RSA PUBLIC KEY"})
    CHECK(code_of(pem(label, Blob(40, 0x30)), "p") == KeyErrc::malformed);
  REQUIRE(generate_identity("ecdsa").ok());
  CHECK(ERR_get_error() == before);
  CHECK(ERR_get_error() == 0);
}

TEST_CASE("the work that a PKCS#8 file may ask for is bounded before any is done") {
  const TempFolder folder;
  genpkey(kMade[4], folder / "key");
  const auto lock = [&](std::vector<std::string> way) {
    std::vector<std::string> argv{"openssl", "pkcs8",           "-topk8",   "-in",   folder / "key",
                                  "-out",    folder / "locked", "-passout", "pass:p"};
    argv.insert(argv.end(), way.begin(), way.end());
    must_run(argv);
    return slurp(folder / "locked");
  };
  LoadOptions options;
  options.passphrase = "p";
  options.limits.pbkdf2_iterations = 999;
  options.limits.scrypt_work = std::uint64_t{16384} * 8;
  CHECK(load_identity(as_bytes(lock({"-iter", "1000"})), options).error().code ==
        KeyErrc::too_expensive);
  CHECK(load_identity(as_bytes(lock({"-iter", "999"})), options).ok());
  CHECK(load_identity(as_bytes(lock({"-v1", "PBE-SHA1-3DES", "-iter", "1000"})), options)
            .error()
            .code == KeyErrc::too_expensive);
  const std::string scrypt = lock({"-scrypt"});
  CHECK(load_identity(as_bytes(scrypt), options).ok());
  const std::string twice = lock({"-scrypt", "-scrypt_p", "2"});
  CHECK(load_identity(as_bytes(twice), options).error().code == KeyErrc::too_expensive);
  --options.limits.scrypt_work;
  CHECK(load_identity(as_bytes(scrypt), options).error().code == KeyErrc::too_expensive);
  // Without a passphrase too: nobody is asked for one in vain.
  options.passphrase.reset();
  CHECK(load_identity(as_bytes(lock({"-iter", "1000"})), options).error().code ==
        KeyErrc::too_expensive);
}
