// What the key tests share: a temporary folder, ssh-keygen and openssl run without a shell.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/keys/load.hpp"

namespace sshauth::test {

// A folder of its own, gone with everything in it at the end.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Runs a program from PATH with its output discarded, or in `out`. Its exit status, -1 when it
// cannot be started.
int run(const std::vector<std::string>& argv, std::string* out = nullptr);
// As run, and fails the test on any status but 0.
std::string must_run(const std::vector<std::string>& argv);

std::string slurp(const std::string& path);
void spill(const std::string& path, const std::string& contents);

// ssh-keygen -t `type`, with a passphrase and a cipher when there is one.
void ssh_keygen(const std::string& path, const std::string& type, int bits = 0,
                const std::string& passphrase = "", const std::string& cipher = "");

KeyResult load(const std::string& text, std::optional<std::string_view> passphrase = {});
// The code of loading `text`: KeyErrc::ok when it loads.
KeyErrc code_of(const std::string& text, std::optional<std::string_view> passphrase = {});

// Whether what `id` signs with every algorithm of its type verifies, over every provider.
void require_signs(const Identity& id);

}  // namespace sshauth::test
