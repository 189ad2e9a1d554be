// Public key lines, RFC 4716, base64, and what load_identity says to what is no key at all.
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "lib/crypto/providers.hpp"
#include "lib/keys/generate.hpp"
#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

// Made once with ssh-keygen -t ed25519 -C fixture.
const std::string kLine =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBQY7JEW7vfxDW9oms18PovpQgJqi8UqXvt2XocXPPGy fixture";

KeyErrc line_code(const std::string& line) {
  PublicKeyLine out;
  return parse_public_line(line, out).code;
}

}  // namespace

TEST_CASE("a public key line, with and without what may stand around it") {
  PublicKeyLine line;
  REQUIRE(parse_public_line(kLine, line).ok());
  CHECK(line.type == "ssh-ed25519");
  CHECK(line.comment == "fixture");
  CHECK(line.options.empty());
  CHECK(format_public_line(line.blob, line.comment) == kLine);
  REQUIRE(parse_public_line("  " + kLine + " of two words \r\n", line).ok());
  CHECK(line.comment == "fixture of two words");
  REQUIRE(parse_public_line("command=\"a \\\"b\\\" ssh-rsa\",no-pty " + kLine, line).ok());
  CHECK(line.options == "command=\"a \\\"b\\\" ssh-rsa\",no-pty");
  CHECK(line.comment == "fixture");
  CHECK(format_public_line(line.blob, "a\nb") == kLine.substr(0, kLine.rfind(' ')) + " a?b");
}

TEST_CASE("what is no public key line, and why") {
  CHECK(line_code("") == KeyErrc::unknown_format);
  CHECK(line_code("hello world") == KeyErrc::unknown_format);
  CHECK(line_code("ssh-ed25519") == KeyErrc::malformed);
  CHECK(line_code("ssh-ed25519 AAAA") == KeyErrc::malformed);
  CHECK(line_code("ssh-rsa" + kLine.substr(11)) == KeyErrc::malformed);
  CHECK(line_code("a b " + kLine) == KeyErrc::unknown_format);
  // Any cut that leaves whole octets of base64 leaves a key that is too short.
  const std::string bare = kLine.substr(0, kLine.rfind(' '));
  for (std::size_t len = 12; len < bare.size(); ++len) {
    INFO(len);
    CHECK(line_code(bare.substr(0, len)) == KeyErrc::malformed);
  }
  PublicKeyLine line;
  Blob blob{0, 0, 0, 7, 's', 's', 'h', '-', 'x', 'y', 'z', 1};
  CHECK(parse_public_line("ssh-xyz " + base64_encode(blob), line).code ==
        KeyErrc::unsupported_type);
  CHECK(line.type == "ssh-xyz");
}

TEST_CASE("a file of several keys is not taken for one of them") {
  CHECK(load("# mine\n\n" + kLine + "\n").ok());
  CHECK(load(kLine).ok());
  CHECK(code_of(kLine + "\n" + kLine + "\n") == KeyErrc::malformed);
  CHECK(code_of("") == KeyErrc::unknown_format);
  CHECK(code_of("# only a comment\n") == KeyErrc::unknown_format);
  CHECK(code_of(std::string(1, '\0')) == KeyErrc::unknown_format);
}

TEST_CASE("RFC 4716 keys, as ssh-keygen -e writes them") {
  const TempFolder folder;
  for (const char* type : {"ed25519", "rsa", "ecdsa"}) {
    INFO(type);
    const std::string path = folder / type;
    ssh_keygen(path, type);
    const std::string text = must_run({"ssh-keygen", "-e", "-f", path + ".pub"});
    KeyResult result = load(text);
    REQUIRE(result.ok());
    CHECK(result->format() == "SSH2 public key");
    CHECK(result->public_line().substr(0, 60) == slurp(path + ".pub").substr(0, 60));
    CHECK(result->comment().find("converted by ") != std::string::npos);
    for (std::size_t len = 0; len + 2 < text.size(); ++len) CHECK(!load(text.substr(0, len)).ok());
    std::string folded = text;
    folded.insert(folded.find('\n') + 1, "Subject: a\\\nb: c\\\nd\nx-more: y\r\n");
    CHECK(load(folded).ok());
  }
}

TEST_CASE("blobs cut or extended, and numbers out of range") {
  for (const char* type : {"ed25519", "ecdsa", "rsa"}) {
    KeyResult key = generate_identity(type, type == std::string("rsa") ? 2048 : 0);
    REQUIRE(key.ok());
    const Bytes blob = key->public_blob();
    PublicKeyView view;
    for (std::size_t len = 0; len < blob.size(); ++len) {
      INFO(type << " " << len);
      const KeyErrc code = decode_public_blob(blob.first(len), view).code;
      CHECK(code == KeyErrc::malformed);
    }
    Blob longer(blob.begin(), blob.end());
    longer.push_back(0);
    CHECK(decode_public_blob(longer, view).code == KeyErrc::malformed);
  }
  const auto rsa = [](std::size_t octets, Blob e) {
    Blob n(octets, 0xff);
    PublicKeyView view;
    ipworksauth_public_key key{};
    key.first = e.data(), key.first_len = e.size();
    key.second = n.data(), key.second_len = n.size();
    return decode_public_blob(encode_public_blob("ssh-rsa", key), view).code;
  };
  CHECK(rsa(256, {1, 0, 1}) == KeyErrc::ok);
  CHECK(rsa(2048, {3}) == KeyErrc::ok);
  CHECK(rsa(2049, {3}) == KeyErrc::unsupported_type);
  CHECK(rsa(127, {3}) == KeyErrc::unsupported_type);
  CHECK(rsa(256, {1}) == KeyErrc::malformed);
  CHECK(rsa(256, {2}) == KeyErrc::malformed);
  CHECK(rsa(256, {}) == KeyErrc::malformed);
  CHECK(rsa(256, Blob(9, 0xff)) == KeyErrc::unsupported_type);
}

TEST_CASE("base64 is strict") {
  CHECK(base64_decode("").value().empty());
  CHECK(base64_decode("AA==").value() == Blob{0});
  for (const char* wrong : {"A", "AA", "AAA", "AA=", "AB==", "AAA=A", "AA==AA==", "AAAA\n", " AAAA",
                            "AAA-", "AA_A", "====", "AAAA="}) {
    INFO(wrong);
    CHECK_FALSE(base64_decode(wrong).has_value());
  }
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int c = 0; c < 256; ++c) {
    const auto digit = static_cast<char>(c);
    INFO(c);
    CHECK(base64_decode(std::string(4, digit)).has_value() ==
          (kDigits.find(digit) != std::string_view::npos));
  }
  for (std::size_t len = 0; len < 50; ++len) {
    const Blob octets(len, static_cast<std::uint8_t>(len * 37));
    CHECK(base64_decode(base64_encode(octets)).value() == octets);
  }
}

TEST_CASE("only regular files of a sane size are read, and the error says which and why") {
  const TempFolder folder;
  KeyResult missing = load_identity_file(folder / "missing");
  CHECK(missing.error().code == KeyErrc::io);
  CHECK(missing.error().os_error == ENOENT);
  CHECK(missing.error().text.find("missing") != std::string::npos);
  CHECK(load_identity_file(folder / "").error().os_error == EISDIR);
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(load_identity_file(folder / "fifo").error().code == KeyErrc::io);
  CHECK(load_identity_file("/dev/zero").error().code == KeyErrc::io);
  CHECK(load_identity_file(std::string("a\0b", 3)).error().code == KeyErrc::io);
  spill(folder / "big", std::string(LoadLimits{}.file_octets + 1, 'x'));
  CHECK(load_identity_file(folder / "big").error().os_error == EFBIG);
  spill(folder / "empty", "");
  CHECK(load_identity_file(folder / "empty").error().code == KeyErrc::unknown_format);
  spill(folder / "line", kLine);
  CHECK(load_identity_file(folder / "line").ok());
}

TEST_CASE("new files are private and replace nothing") {
  const TempFolder folder;
  REQUIRE(write_new_file(folder / "a", as_bytes(std::string_view("x")), 0600).ok());
  struct stat facts {};
  REQUIRE(stat((folder / "a").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  CHECK(write_new_file(folder / "a", {}, 0600).os_error == EEXIST);
  REQUIRE(symlink((folder / "target").c_str(), (folder / "link").c_str()) == 0);
  CHECK(write_new_file(folder / "link", {}, 0600).os_error == EEXIST);
  CHECK(slurp(folder / "a") == "x");
}

TEST_CASE("an identity moves and keeps its views") {
  KeyResult made = generate_identity("ed25519");
  REQUIRE(made.ok());
  Identity first = std::move(*made);
  const std::uint8_t* seed = first.private_key()->d;
  Identity second = std::move(first);
  CHECK(second.private_key()->d == seed);
  require_signs(second);
}

namespace {

// Stands for an agent or a token: signs with whatever key and algorithm it likes.
class Elsewhere : public Signer {
 public:
  Elsewhere(const Identity& key, std::string algorithm)
      : key_(key), algorithm_(std::move(algorithm)) {}
  std::unique_ptr<Signing> start(const SignRequest& request) override {
    SignRequest other = request;
    if (!algorithm_.empty()) other.algorithm = algorithm_;
    return key_.start_signing(other, openssl_provider());
  }

 private:
  const Identity& key_;
  std::string algorithm_;
};

Identity elsewhere(const Identity& key, const Identity& signs_with, std::string algorithm = {}) {
  const Bytes blob = key.public_blob();
  return {Blob(blob.begin(), blob.end()), "token", "agent",
          std::make_unique<Elsewhere>(signs_with, std::move(algorithm))};
}

Identity fresh(const char* type) {
  KeyResult made = generate_identity(type, type == std::string_view("ssh-rsa") ? 2048 : 0);
  REQUIRE(made.ok());
  return std::move(*made);
}

}  // namespace

TEST_CASE("a key elsewhere signs through the same call, with that key and that algorithm alone") {
  const Identity key = fresh("ssh-ed25519"), other = fresh("ssh-ed25519");
  const Identity rsa = fresh("ssh-rsa");
  const Identity id = elsewhere(key, key);
  CHECK(id.can_sign());
  CHECK_FALSE(id.has_private());
  CHECK(id.private_key() == nullptr);
  const Bytes data = as_bytes(std::string_view("ab"));
  Blob out;
  REQUIRE(id.sign("ssh-ed25519", data, openssl_provider(), out).ok());
  CHECK_FALSE(out.empty());
  // What it makes is verified before anybody gets it.
  out.clear();
  CHECK(elsewhere(key, other).sign("ssh-ed25519", data, openssl_provider(), out).code ==
        KeyErrc::cannot_sign);
  const Identity weak = elsewhere(rsa, rsa, "rsa-sha2-256");
  const KeyError error = weak.sign("rsa-sha2-512", data, openssl_provider(), out);
  CHECK(error.code == KeyErrc::cannot_sign);
  CHECK(error.text.find("rsa-sha2-256") != std::string::npos);
  CHECK(weak.sign("rsa-sha2-256", data, openssl_provider(), out).ok());
}
