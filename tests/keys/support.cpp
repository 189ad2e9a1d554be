#include "support.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "lib/crypto/providers.hpp"
#include "lib/crypto/public_key.hpp"

namespace sshauth::test {

TempFolder::TempFolder() {
  path_ = (std::filesystem::temp_directory_path() / "sshauth-keys-XXXXXX").string();
  REQUIRE(mkdtemp(path_.data()) != nullptr);
}
TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

int run(const std::vector<std::string>& argv, std::string* out) {
  std::vector<char*> args;
  args.reserve(argv.size() + 1);
  for (const std::string& arg : argv) args.push_back(const_cast<char*>(arg.c_str()));
  args.push_back(nullptr);
  const TempFolder folder;
  const std::string captured = folder / "out";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, captured.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, args[0], &actions, nullptr, args.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return -1;
  int status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  if (out != nullptr) *out = slurp(captured);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string must_run(const std::vector<std::string>& argv) {
  std::string out;
  std::string line;
  for (const std::string& arg : argv) line += arg + " ";
  INFO(line);
  REQUIRE(run(argv, &out) == 0);
  return out;
}

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void spill(const std::string& path, const std::string& contents) {
  std::ofstream(path, std::ios::binary) << contents;
}

void ssh_keygen(const std::string& path, const std::string& type, int bits,
                const std::string& passphrase, const std::string& cipher) {
  std::vector<std::string> argv{"ssh-keygen", "-q",       "-t", type,        "-f", path,
                                "-N",         passphrase, "-C", "who@where", "-a", "2"};
  if (bits != 0) argv.insert(argv.end(), {"-b", std::to_string(bits)});
  if (!cipher.empty()) argv.insert(argv.end(), {"-Z", cipher});
  must_run(argv);
}

KeyResult load(const std::string& text, std::optional<std::string_view> passphrase) {
  LoadOptions options;
  options.passphrase = passphrase;
  return load_identity(as_bytes(text), options);
}

KeyErrc code_of(const std::string& text, std::optional<std::string_view> passphrase) {
  return load(text, passphrase).error().code;
}

void require_signs(const Identity& id) {
  const Bytes message = as_bytes(std::string_view("what is signed"));
  REQUIRE(id.has_private());
  REQUIRE(id.can_sign());
  int algorithms = 0;
  for (const Provider* provider : {&openssl_provider(), &fastest_provider()})
    for (const SigAlg* alg : sigs(*provider)) {
      if (alg->key_type != id.type()) continue;
      INFO(provider->name << " " << alg->name);
      Blob signature;
      REQUIRE(id.sign(alg->name, message, *provider, signature).ok());
      CHECK(verify_signature(*alg, id.public_blob(), message, signature) == Errc::ok);
      signature.back() ^= 1;
      CHECK(verify_signature(*alg, id.public_blob(), message, signature) != Errc::ok);
      ++algorithms;
    }
  CHECK(algorithms >= 2);
}

}  // namespace sshauth::test
