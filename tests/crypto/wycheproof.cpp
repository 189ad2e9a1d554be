// Runs vector files in the format of the Wycheproof project on every provider.
//
//   IPWORKSAUTH_WYCHEPROOF=FOLDER test_wycheproof
//
// Every file that it knows is run; a line for each says how many vectors came out as they should
// and how many the rows cannot express, with the reason. Exit: 0 all as they should be, 1 not,
// 77 (skipped) when no folder is named.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "wycheproof.hpp"

namespace sshauth::test {
namespace {

struct FileKind {
  const char* file;
  Runner run;
};

constexpr FileKind kFiles[] = {
    {"aes_gcm_test.json", run_aes_gcm},
    {"hmac_sha256_test.json", run_hmac_sha256},
    {"hmac_sha512_test.json", run_hmac_sha512},
    {"x25519_test.json", run_x25519},
    {"mlkem_768_keygen_seed_test.json", run_mlkem768},
    {"mlkem_768_test.json", run_mlkem768},
    {"ecdh_secp256r1_ecpoint_test.json", run_ecdh},
    {"ecdh_secp384r1_ecpoint_test.json", run_ecdh},
    {"ecdh_secp521r1_ecpoint_test.json", run_ecdh},
    {"ecdsa_secp256r1_sha256_test.json", run_ecdsa},
    {"ecdsa_secp384r1_sha384_test.json", run_ecdsa},
    {"ecdsa_secp521r1_sha512_test.json", run_ecdsa},
    {"ed25519_test.json", run_ed25519},
    {"rsa_signature_2048_sha256_test.json", run_rsa},
    {"rsa_signature_2048_sha512_test.json", run_rsa},
    {"rsa_signature_3072_sha256_test.json", run_rsa},
    {"rsa_signature_4096_sha512_test.json", run_rsa},
};

void report(const char* file, const char* provider, const Tally& tally) {
  std::printf("%-38s %-8s %4d as expected", file, provider, tally.good);
  for (const auto& [reason, count] : tally.skipped)
    std::printf(", %d skipped: %s", count, reason.c_str());
  std::printf("\n");
  for (const std::string& line : tally.wrong) std::printf("  WRONG %s\n", line.c_str());
}

bool run_folder(const std::filesystem::path& folder) {
  bool all_good = true;
  int run = 0;
  for (const FileKind& kind : kFiles) {
    std::ifstream in(folder / kind.file);
    if (!in) {
      std::printf("%-38s not in the folder\n", kind.file);
      continue;
    }
    const Json file = Json::parse(in);
    for (const Provider* provider : all_providers()) {
      Tally tally;
      if (!kind.run(*provider, file, tally)) continue;
      report(kind.file, provider->name, tally);
      all_good = all_good && tally.wrong.empty() && tally.good > 0;
      ++run;
    }
  }
  if (run == 0) std::printf("no file that this program knows is in the folder\n");
  return all_good && run > 0;
}

void name_unknown(const std::filesystem::path& folder) {
  std::set<std::string> known;
  for (const FileKind& kind : kFiles) known.insert(kind.file);
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (const std::string name = entry.path().filename().string(); !known.contains(name))
      std::printf("%-38s skipped: not of a kind that the rows have\n", name.c_str());
}

}  // namespace
}  // namespace sshauth::test

int main() {
  const char* folder = std::getenv("IPWORKSAUTH_WYCHEPROOF");
  if (folder == nullptr || *folder == '\0') {
    std::printf(
        "skipped: IPWORKSAUTH_WYCHEPROOF does not name a folder of Wycheproof vector files\n");
    return 77;
  }
  try {
    const bool good = sshauth::test::run_folder(folder);
    sshauth::test::name_unknown(folder);
    return good ? 0 : 1;
  } catch (const std::exception& e) {
    std::printf("%s: %s\n", folder, e.what());
    return 1;
  }
}
