// OpenSSH private keys: everything ssh-keygen writes is read, nothing else is.
#include <catch2/catch.hpp>

#include "lib/crypto/providers.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/keys/generate.hpp"
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct KeyType {
  const char* keygen;
  const char* name;
  int bits;
  unsigned expected_bits;
};
const KeyType kTypes[] = {{"ed25519", "ssh-ed25519", 0, 256},
                          {"ecdsa", "ecdsa-sha2-nistp256", 256, 256},
                          {"ecdsa", "ecdsa-sha2-nistp384", 384, 384},
                          {"ecdsa", "ecdsa-sha2-nistp521", 521, 521},
                          {"rsa", "ssh-rsa", 1024, 1024},
                          {"rsa", "ssh-rsa", 2048, 2048},
                          {"dsa", "ssh-dss", 1024, 1024}};

const char* const kCiphers[] = {"3des-cbc",
                                "aes128-cbc",
                                "aes192-cbc",
                                "aes256-cbc",
                                "aes128-ctr",
                                "aes192-ctr",
                                "aes256-ctr",
                                "aes128-gcm@openssh.com",
                                "aes256-gcm@openssh.com",
                                "chacha20-poly1305@openssh.com"};

// The container in its armour.
Blob container_of(const std::string& text) {
  std::string body;
  for (std::size_t at = text.find('\n') + 1; at < text.rfind("-----END"); ++at)
    if (text[at] != '\n') body += text[at];
  return base64_decode(body).value();
}
std::string armoured(const Blob& container) {
  return "-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64_encode(container) +
         "\n-----END OPENSSH PRIVATE KEY-----\n";
}

}  // namespace

TEST_CASE("ssh-keygen's keys of every type are read and sign") {
  const TempFolder folder;
  for (const KeyType& type : kTypes) {
    INFO(type.name << " " << type.bits);
    const std::string path = folder / (type.keygen + std::to_string(type.bits));
    ssh_keygen(path, type.keygen, type.bits);
    KeyResult result = load_identity_file(path);
    REQUIRE(result.ok());
    CHECK(result->type() == type.name);
    CHECK(result->bits() == type.expected_bits);
    CHECK(result->comment() == "who@where");
    CHECK(result->format() == "OpenSSH private key");
    CHECK_FALSE(result->encrypted());
    CHECK(result->public_line() + "\n" == slurp(path + ".pub"));
    require_signs(*result);

    KeyResult line = load_identity_file(path + ".pub");
    REQUIRE(line.ok());
    CHECK(line->format() == "OpenSSH public key line");
    CHECK_FALSE(line->can_sign());
    CHECK(same_bytes(line->public_blob(), result->public_blob()));
    Blob signature;
    CHECK(line->sign("ssh-ed25519", {}, openssl_provider(), signature).code ==
          KeyErrc::cannot_sign);
  }
}

TEST_CASE("each of OpenSSH's ciphers, with the right passphrase, a wrong one and none") {
  const TempFolder folder;
  for (const char* cipher : kCiphers) {
    INFO(cipher);
    const std::string path = folder / cipher;
    ssh_keygen(path, "ed25519", 0, "correct horse", cipher);
    const std::string text = slurp(path);
    KeyResult result = load(text, "correct horse");
    REQUIRE(result.ok());
    CHECK(result->encrypted());
    CHECK(result->comment() == "who@where");
    CHECK(result->public_line() + "\n" == slurp(path + ".pub"));
    require_signs(*result);
    CHECK(code_of(text, "correct hors") == KeyErrc::wrong_passphrase);
    CHECK(code_of(text, "") == KeyErrc::wrong_passphrase);
    CHECK(code_of(text) == KeyErrc::needs_passphrase);

    LoadOptions options;
    options.public_only = true;
    KeyResult half = load_identity(as_bytes(text), options);
    REQUIRE(half.ok());
    CHECK(half->encrypted());
    CHECK_FALSE(half->can_sign());
    CHECK(same_bytes(half->public_blob(), result->public_blob()));
  }
}

TEST_CASE("an encrypted RSA key, whose section is longer than a block of everything") {
  const TempFolder folder;
  ssh_keygen(folder / "rsa", "rsa", 3072, "p", "chacha20-poly1305@openssh.com");
  KeyResult result = load(slurp(folder / "rsa"), "p");
  REQUIRE(result.ok());
  require_signs(*result);
}

// Made once by ssh-keygen 9.2: what is read is right and not only consistent.
TEST_CASE("a key whose numbers and fingerprints are known") {
  KeyResult key = load(
      "-----BEGIN OPENSSH PRIVATE KEY-----\n"
      "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
      "QyNTUxOQAAACAUGOyRFu738Q1vaJrNfD6L6UICaovFKl77dl6HFzzxsgAAAJDOQzrTzkM6\n"
      "0wAAAAtzc2gtZWQyNTUxOQAAACAUGOyRFu738Q1vaJrNfD6L6UICaovFKl77dl6HFzzxsg\n"
      "AAAEBWYup00nIxZFY2pySyyg4CjEtYm0oSZSWnvY4/g9H8cxQY7JEW7vfxDW9oms18Povp\n"
      "QgJqi8UqXvt2XocXPPGyAAAAB2ZpeHR1cmUBAgMEBQY=\n"
      "-----END OPENSSH PRIVATE KEY-----\n");
  REQUIRE(key.ok());
  const ipworksauth_private_key& numbers = *key->private_key();
  CHECK(hex_with_colons({numbers.d, numbers.d_len}) ==
        "56:62:ea:74:d2:72:31:64:56:36:a7:24:b2:ca:0e:02:"
        "8c:4b:58:9b:4a:12:65:25:a7:bd:8e:3f:83:d1:fc:73");
  CHECK(hex_with_colons({numbers.pub.first, numbers.pub.first_len}) ==
        "14:18:ec:91:16:ee:f7:f1:0d:6f:68:9a:cd:7c:3e:8b:"
        "e9:42:02:6a:8b:c5:2a:5e:fb:76:5e:87:17:3c:f1:b2");
  CHECK(fingerprint(key->public_blob(), FingerprintKind::sha256_base64, openssl_provider()) ==
        "SHA256:Lw0/GSraNQClt1IYrFu5f61Lku4krAOw8T9j5698p7A");
  CHECK(fingerprint(key->public_blob(), FingerprintKind::md5_hex, openssl_provider()) ==
        "07:cc:5a:7d:fb:9b:17:34:cc:f5:75:e3:e2:52:dc:f9");
  CHECK(key->comment() == "fixture");
}

TEST_CASE("a key cut at any length is refused") {
  const TempFolder folder;
  ssh_keygen(folder / "plain", "ecdsa", 256);
  ssh_keygen(folder / "locked", "ed25519", 0, "p", "aes256-gcm@openssh.com");
  for (const char* name : {"plain", "locked"}) {
    const Blob whole = container_of(slurp(folder / name));
    REQUIRE(code_of(armoured(whole), "p") == KeyErrc::ok);
    for (std::size_t len = 0; len < whole.size(); ++len) {
      INFO(name << " cut to " << len);
      const Blob cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(len));
      CHECK(code_of(armoured(cut), "p") == KeyErrc::malformed);
    }
    Blob longer = whole;
    longer.push_back(0);
    CHECK(code_of(armoured(longer), "p") == KeyErrc::malformed);
  }
}

TEST_CASE("a text cut anywhere is refused") {
  const TempFolder folder;
  ssh_keygen(folder / "key", "ed25519");
  const std::string text = slurp(folder / "key");
  // The last character is the line end after the last line: not needed.
  for (std::size_t len = 0; len + 1 < text.size(); ++len) {
    INFO("cut to " << len);
    CHECK(code_of(text.substr(0, len)) != KeyErrc::ok);
  }
}

// A flipped bit changes the comment or is noticed. One more is not: the comment's length, 9, with
// bit 2 set takes in the four octets of padding, and a section of whole blocks needs none.
TEST_CASE("no flipped bit changes the key") {
  const TempFolder folder;
  ssh_keygen(folder / "key", "ed25519");
  const Blob whole = container_of(slurp(folder / "key"));
  KeyResult original = load(armoured(whole));
  REQUIRE(original.ok());
  std::size_t accepted = 0;
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Blob flipped = whole;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << bit % 8));
    KeyResult result = load(armoured(flipped));
    if (!result.ok()) continue;
    ++accepted;
    INFO("bit " << bit);
    CHECK(same_bytes(result->public_blob(), original->public_blob()));
    CHECK(ct_equal({result->private_key()->d, 32}, {original->private_key()->d, 32}));
  }
  CHECK(accepted == std::string_view("who@where").size() * 8 + 1);
}

TEST_CASE("an authenticated cipher notices every flipped bit of section and tag") {
  const TempFolder folder;
  for (const char* cipher : {"aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"}) {
    INFO(cipher);
    const std::string path = folder / cipher;
    ssh_keygen(path, "ed25519", 0, "p", cipher);
    const Blob whole = container_of(slurp(path));
    // One round of bcrypt costs milliseconds: every eleventh bit, from the tag backwards.
    for (std::size_t bit = whole.size() * 8 - 1; bit > (whole.size() - 150) * 8; bit -= 11) {
      Blob flipped = whole;
      flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << bit % 8));
      INFO("bit " << bit);
      CHECK(code_of(armoured(flipped), "p") == KeyErrc::wrong_passphrase);
    }
  }
}

TEST_CASE("a file cannot ask for more bcrypt than the limit") {
  const TempFolder folder;
  ssh_keygen(folder / "key", "ed25519", 0, "p", "aes256-ctr");
  Blob container = container_of(slurp(folder / "key"));
  // string "aes256-ctr", string "bcrypt", string (string salt of 16, uint32 rounds)
  const std::size_t rounds_at = 15 + 4 + 10 + 4 + 6 + 4 + 4 + 16;
  REQUIRE(load_u32(container.data() + rounds_at) == 2);
  store_u32(container.data() + rounds_at, LoadLimits{}.bcrypt_rounds + 1);
  CHECK(code_of(armoured(container), "p") == KeyErrc::too_expensive);
  store_u32(container.data() + rounds_at, 0xffffffff);
  CHECK(code_of(armoured(container)) == KeyErrc::too_expensive);
  store_u32(container.data() + rounds_at, 0);
  CHECK(code_of(armoured(container), "p") == KeyErrc::malformed);
  LoadOptions strict;
  strict.passphrase = "p";
  strict.limits.bcrypt_rounds = 1;
  store_u32(container.data() + rounds_at, 2);
  CHECK(load_identity(as_bytes(armoured(container)), strict).error().code ==
        KeyErrc::too_expensive);
}

TEST_CASE("halves of different keys are not put together") {
  const TempFolder folder;
  for (const char* type : {"ed25519", "ecdsa", "rsa"}) {
    INFO(type);
    const std::string one = folder / (std::string(type) + "1");
    const std::string two = folder / (std::string(type) + "2");
    const int bits = type == std::string("rsa") ? 2048 : 0;
    ssh_keygen(one, type, bits);
    ssh_keygen(two, type, bits);
    KeyResult a = load_identity_file(one);
    KeyResult b = load_identity_file(two);
    REQUIRE(a.ok());
    REQUIRE(b.ok());
    ipworksauth_private_key mixed = *a->private_key();
    CHECK(check_key_pair(a->type(), mixed).ok());
    mixed.pub = b->private_key()->pub;
    CHECK(check_key_pair(a->type(), mixed).code == KeyErrc::malformed);
    mixed = *a->private_key();
    mixed.d = b->private_key()->d, mixed.d_len = b->private_key()->d_len;
    CHECK(check_key_pair(a->type(), mixed).code == KeyErrc::malformed);
    // The public key in front exchanged for another of the same length.
    Blob container = container_of(slurp(one));
    const Bytes other = b->public_blob();
    const auto at = std::search(container.begin(), container.end(), a->public_blob().begin(),
                                a->public_blob().end());
    REQUIRE(at != container.end());
    std::copy(other.begin(), other.end(), at);
    CHECK(code_of(armoured(container)) == KeyErrc::malformed);
  }
}

TEST_CASE("every RSA number matters") {
  KeyResult key = generate_identity("rsa", 2048);
  REQUIRE(key.ok());
  using Pointer = const std::uint8_t* ipworksauth_private_key::*;
  using Length = std::size_t ipworksauth_private_key::*;
  const std::pair<Pointer, Length> parts[] = {
      {&ipworksauth_private_key::d, &ipworksauth_private_key::d_len},
      {&ipworksauth_private_key::p, &ipworksauth_private_key::p_len},
      {&ipworksauth_private_key::q, &ipworksauth_private_key::q_len},
      {&ipworksauth_private_key::iqmp, &ipworksauth_private_key::iqmp_len}};
  for (const auto& [data, len] : parts) {
    ipworksauth_private_key bad = *key->private_key();
    Blob changed(bad.*data, bad.*data + bad.*len);
    changed.back() ^= 2;
    bad.*data = changed.data();
    CHECK(check_key_pair("ssh-rsa", bad).code == KeyErrc::malformed);
    bad.*data = nullptr, bad.*len = 0;
    CHECK(check_key_pair("ssh-rsa", bad).code == KeyErrc::malformed);
  }
}

TEST_CASE("types that are not supported are called so") {
  const TempFolder folder;
  const std::string other{"\0\0\0\7ssh-xyz\0\0\0\1\1", 16};
  CHECK(code_of("ssh-xyz " + base64_encode(as_bytes(other))) == KeyErrc::unsupported_type);
  Blob container = container_of([&] {
    ssh_keygen(folder / "key", "ed25519", 0, "p", "aes256-ctr");
    return slurp(folder / "key");
  }());
  Blob other_type = container;
  const std::string_view name = "ssh-ed25519";
  *std::search(other_type.begin(), other_type.end(), name.begin(), name.end()) = 'x';
  CHECK(code_of(armoured(other_type), "p") == KeyErrc::unsupported_type);
  container[15 + 4] = 'b';
  CHECK(code_of(armoured(container), "p") == KeyErrc::unsupported_type);
}

TEST_CASE("what we write ssh-keygen reads, and we read again") {
  const TempFolder folder;
  for (const char* type : {"ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                           "ecdsa-sha2-nistp521", "ssh-rsa", "ssh-dss", "ssh-ed448"})
    for (const char* passphrase : {"", "secret"}) {
      INFO(type << " " << passphrase);
      KeyResult made = generate_identity(type, type == std::string("ssh-rsa") ? 2048 : 0);
      REQUIRE(made.ok());
      made->set_comment("made here");
      require_signs(*made);
      const std::string path = folder / (std::string(type) + passphrase);
      std::optional<std::string_view> locked;
      if (*passphrase != '\0') locked = passphrase;
      REQUIRE(save_identity(*made, path, locked).ok());
      if (type != std::string("ssh-ed448"))  // which OpenSSH has not
        CHECK(must_run({"ssh-keygen", "-y", "-P", passphrase, "-f", path}) ==
              made->public_line() + "\n");
      CHECK(slurp(path + ".pub") == made->public_line() + "\n");
      KeyResult again = load(slurp(path), locked);
      REQUIRE(again.ok());
      CHECK(again->comment() == "made here");
      CHECK(again->encrypted() == locked.has_value());
      require_signs(*again);
      // Nothing is overwritten, and nothing is left of an attempt that failed half-way.
      CHECK(save_identity(*made, path, locked).os_error == EEXIST);
      CHECK(load(slurp(path), locked).ok());
      const std::string half = path + "-half";
      spill(half + ".pub", "taken");
      CHECK(save_identity(*made, half, locked).os_error == EEXIST);
      CHECK(slurp(half).empty());
      CHECK(slurp(half + ".pub") == "taken");
    }
  KeyResult made = generate_identity("ed25519");
  SecretBytes out;
  CHECK(format_private_key(*made, "", out).code == KeyErrc::bad_argument);
  made->drop_private();
  CHECK(format_private_key(*made, {}, out).code == KeyErrc::bad_argument);
}

TEST_CASE("what cannot be made is said") {
  CHECK(generate_identity("dss").error().code == KeyErrc::bad_argument);
  CHECK(generate_identity("rsa", 1024).error().code == KeyErrc::bad_argument);
  CHECK(generate_identity("rsa", 16385).error().code == KeyErrc::bad_argument);
  CHECK(generate_identity("ecdsa", 255).error().code == KeyErrc::bad_argument);
  CHECK(generate_identity("ecdsa-sha2-nistp384", 256).error().code == KeyErrc::bad_argument);
  CHECK(generate_identity("ed25519", 255).error().code == KeyErrc::bad_argument);
}

TEST_CASE("fingerprints are those of ssh-keygen -l") {
  const TempFolder folder;
  for (const KeyType& type : kTypes) {
    const std::string path = folder / (type.keygen + std::to_string(type.bits));
    ssh_keygen(path, type.keygen, type.bits);
    KeyResult key = load_identity_file(path + ".pub");
    REQUIRE(key.ok());
    for (const Provider* provider : {&openssl_provider(), &fastest_provider()}) {
      const std::string sha256 = must_run({"ssh-keygen", "-l", "-E", "sha256", "-f", path});
      const std::string md5 = must_run({"ssh-keygen", "-l", "-E", "md5", "-f", path});
      const std::string sha1 = must_run({"ssh-keygen", "-l", "-E", "sha1", "-f", path});
      const auto has = [](const std::string& text, const std::string& part) {
        return text.find(" " + part + " ") != std::string::npos;
      };
      const Bytes blob = key->public_blob();
      CHECK(has(sha256, fingerprint(blob, FingerprintKind::sha256_base64, *provider)));
      CHECK(has(md5, "MD5:" + fingerprint(blob, FingerprintKind::md5_hex, *provider)));
      std::string octets = base64_encode(as_bytes(fingerprint_octets(blob, "sha1", *provider)));
      octets.erase(octets.find('='));
      CHECK(has(sha1, "SHA1:" + octets));
      CHECK(fingerprint(blob, FingerprintKind::sha256_hex, *provider).size() == 32 * 3 - 1);
    }
    Provider none{};
    none.struct_size = sizeof none;
    CHECK(fingerprint(key->public_blob(), FingerprintKind::md5_hex, none).empty());
  }
}
