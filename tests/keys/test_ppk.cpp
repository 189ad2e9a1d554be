// PPK: what puttygen writes is read, in both versions, with every key derivation and line end.
#include <catch2/catch.hpp>
#include <cstdio>

#include "support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

constexpr const char* kWord = "open sesame";

struct Made {
  std::vector<std::string> how;
  const char* type;
};
const Made kMade[] = {{{"-t", "rsa", "-b", "2048"}, "ssh-rsa"},
                      {{"-t", "dsa", "-b", "1024"}, "ssh-dss"},
                      {{"-t", "ed448"}, "ssh-ed448"},
                      {{"-t", "ecdsa", "-b", "256"}, "ecdsa-sha2-nistp256"},
                      {{"-t", "ecdsa", "-b", "384"}, "ecdsa-sha2-nistp384"},
                      {{"-t", "ecdsa", "-b", "521"}, "ecdsa-sha2-nistp521"},
                      {{"-t", "ed25519"}, "ssh-ed25519"}};

// A key by puttygen; `param` is its --ppk-param.
std::string puttygen(const TempFolder& folder, const std::vector<std::string>& how,
                     const std::string& param, const char* word = nullptr,
                     const std::string& comment = "who@where") {
  const std::string path = folder / "key.ppk";
  spill(folder / "word", word != nullptr ? word : "");
  std::vector<std::string> argv{"puttygen", "-q", "-O", "private", "-o", path, "-C", comment};
  argv.insert(argv.end(), {"--random-device", "/dev/urandom", "--new-passphrase", folder / "word",
                           "--ppk-param", param});
  argv.insert(argv.end(), how.begin(), how.end());
  must_run(argv);
  return slurp(path);
}

// The public line as puttygen says it.
std::string public_line(const TempFolder& folder, const std::string& text) {
  spill(folder / "again.ppk", text);
  const std::string line = must_run({"puttygen", "-L", folder / "again.ppk"});
  return line.substr(0, line.find('\n'));
}

std::string with_line_ends(const std::string& text, const char* end) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string(end) : std::string(1, c);
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

const Made& kEd25519 = *std::rbegin(kMade);

std::string made(const Made& made) { return made.type; }

}  // namespace

TEST_CASE("PPK of every type and version, plain") {
  const TempFolder folder;
  for (const Made& row : kMade)
    for (const char* version : {"2", "3"}) {
      INFO(made(row) << " version " << version);
      const std::string text =
          puttygen(folder, row.how, std::string("version=") + version, nullptr, "a key, mine ");
      KeyResult key = load(text);
      REQUIRE(key.ok());
      CHECK(key->type() == row.type);
      CHECK(key->format() == std::string("PPK v") + version);
      CHECK(key->comment() == "a key, mine ");
      CHECK_FALSE(key->encrypted());
      CHECK(key->public_line() == public_line(folder, text));
      require_signs(*key);
    }
}

TEST_CASE("PPK with a passphrase: SHA-1 of version 2, each Argon2 of version 3") {
  const TempFolder folder;
  const std::string params[] = {"version=2", "version=3,kdf=argon2id,memory=64,passes=2",
                                "version=3,kdf=argon2i,memory=128,passes=1,parallelism=3",
                                "version=3,kdf=argon2d,memory=8192,passes=1"};
  for (const Made& row : kMade)
    for (const std::string& param : params) {
      INFO(made(row) << " " << param);
      const std::string text = puttygen(folder, row.how, param, kWord);
      KeyResult key = load(text, kWord);
      REQUIRE(key.ok());
      CHECK(key->encrypted());
      CHECK(key->public_line() == public_line(folder, text));
      require_signs(*key);
      CHECK(code_of(text) == KeyErrc::needs_passphrase);
      for (const char* wrong : {"", "open", "open sesame "})
        CHECK(code_of(text, wrong) == KeyErrc::wrong_passphrase);
      LoadOptions half;
      half.public_only = true;
      KeyResult open = load_identity(as_bytes(text), half);
      REQUIRE(open.ok());
      CHECK(open->encrypted());
      CHECK_FALSE(open->can_sign());
      CHECK(open->public_line() == key->public_line());
    }
}

TEST_CASE("PPK with an OpenSSH certificate in place of the public key") {
  const TempFolder folder;
  ssh_keygen(folder / "ca", "ed25519");
  const std::pair<std::string, std::vector<std::string>> kinds[] = {
      {"ed25519", {}}, {"ecdsa", {"-b", "384"}}, {"rsa", {"-b", "2048"}}};
  for (const auto& [type, bits] : kinds)
    for (const char* param : {"version=2", "version=3"})
      for (const char* word : {static_cast<const char*>(nullptr), kWord}) {
        INFO(type << " " << param << (word != nullptr ? " locked" : ""));
        std::vector<std::string> how{"-t", type};
        how.insert(how.end(), bits.begin(), bits.end());
        KeyResult plain = load(puttygen(folder, how, param));
        REQUIRE(plain.ok());
        spill(folder / "user.pub", plain->public_line() + "\n");
        must_run(
            {"ssh-keygen", "-q", "-s", folder / "ca", "-I", "me", "-n", "me", folder / "user.pub"});
        std::rename((folder / "key.ppk").c_str(), (folder / "plain.ppk").c_str());
        const std::string text = puttygen(
            folder, {folder / "plain.ppk", "--certificate", folder / "user-cert.pub"}, param, word);
        KeyResult key =
            load(text, word != nullptr ? std::optional<std::string_view>(word) : std::nullopt);
        INFO(key.error().text);
        REQUIRE(key.ok());
        CHECK(same_bytes(key->public_blob(), plain->public_blob()));
        CHECK(slurp(folder / "user-cert.pub")
                  .starts_with(std::string(public_blob_type(key->certificate())) + " " +
                               base64_encode(key->certificate())));
        require_signs(*key);
        CHECK(code_of(replaced(text, "-cert-v01@", "-cert-v02@")) != KeyErrc::ok);
        if (word == nullptr) continue;
        CHECK(code_of(text) == KeyErrc::needs_passphrase);
        CHECK(code_of(text, "wrong") == KeyErrc::wrong_passphrase);
      }
}

TEST_CASE("PPK lines may end as in any system's texts") {
  const TempFolder folder;
  for (const char* param : {"version=2", "version=3,memory=64,passes=1"}) {
    const std::string text = puttygen(folder, kEd25519.how, param, kWord);
    for (const char* end : {"\n", "\r\n", "\r"}) CHECK(load(with_line_ends(text, end), kWord).ok());
    CHECK(load(text.substr(0, text.size() - 1), kWord).ok());
    CHECK(load("\n" + text + "\n\n", kWord).ok());
  }
}

TEST_CASE("PPK: what is cut or changed anywhere is refused, or is the same key still") {
  const TempFolder folder;
  for (const char* param : {"version=2", "version=3"}) {
    const std::string text = puttygen(folder, kEd25519.how, param);
    KeyResult whole = load(text);
    REQUIRE(whole.ok());
    for (std::size_t cut = 0; cut + 1 < text.size(); ++cut) {
      INFO(cut);
      CHECK_FALSE(load(text.substr(0, cut)).ok());
    }
    for (std::size_t at = 0; at < text.size(); ++at)
      for (const int bit : {0x01, 0x20, 0x80}) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ bit);
        KeyResult key = load(changed);
        if (!key.ok()) continue;
        INFO(at << " " << bit);
        CHECK(same_bytes({key->private_key()->d, 32}, {whole->private_key()->d, 32}));
        CHECK(key->public_line() == whole->public_line());
      }
  }
}

TEST_CASE("PPK: each refusal says what it is for") {
  const TempFolder folder;
  const std::string plain = puttygen(folder, kEd25519.how, "version=3");
  const std::string locked = puttygen(folder, kEd25519.how, "memory=64,passes=1", kWord);
  CHECK(code_of(replaced(plain, "File-3", "File-1")) == KeyErrc::unsupported_type);
  CHECK(code_of(replaced(plain, "File-3", "File-4")) == KeyErrc::unsupported_type);
  CHECK(code_of(replaced(locked, "aes256-cbc", "aes128-cbc"), kWord) == KeyErrc::unsupported_type);
  CHECK(code_of(replaced(locked, "Argon2id", "scrypt"), kWord) == KeyErrc::unsupported_type);
  CHECK(code_of(replaced(plain, "who@where", "who@there")) == KeyErrc::malformed);
  CHECK(code_of(replaced(plain, "ssh-ed25519", "ssh-rsa")) == KeyErrc::malformed);
  CHECK(code_of(replaced(plain, "Private-Lines: 1", "Private-Lines: 4294967295")) ==
        KeyErrc::malformed);
  CHECK(code_of(replaced(plain, "Private-Lines: 1", "Private-Lines: 99999999999")) ==
        KeyErrc::malformed);
  CHECK(code_of(plain + "more") == KeyErrc::malformed);
  CHECK(code_of(replaced(locked, "Argon2-Passes: 1", "Argon2-Passes: 0"), kWord) ==
        KeyErrc::malformed);
}

TEST_CASE("PPK: the work that a file may ask for is bounded") {
  const TempFolder folder;
  const std::string text = puttygen(folder, kEd25519.how, "memory=64,passes=1", kWord);
  CHECK(code_of(replaced(text, "Memory: 64", "Memory: 4194304"), kWord) == KeyErrc::too_expensive);
  CHECK(code_of(replaced(text, "Passes: 1", "Passes: 4294967295"), kWord) ==
        KeyErrc::too_expensive);
  CHECK(code_of(replaced(text, "Parallelism: 1", "Parallelism: 16777215"), kWord) ==
        KeyErrc::too_expensive);
  // Changed within bounds, the keys that come out are others.
  CHECK(code_of(replaced(text, "Passes: 1", "Passes: 2"), kWord) == KeyErrc::wrong_passphrase);
}
