// The kinds of Wycheproof files that the rows can be held to, one function each.
#pragma once

#include <map>
#include <nlohmann/json.hpp>

#include "support.hpp"

namespace sshauth::test {

using Json = nlohmann::json;

// What came of one file on one provider.
struct Tally {
  int good = 0;
  std::map<std::string, int> skipped;  // by reason
  std::vector<std::string> wrong;

  void skip(const char* reason) { ++skipped[reason]; }
  void check(const Json& test, bool as_expected) {
    if (as_expected)
      ++good;
    else
      wrong.push_back(test["tcId"].dump() + " " + test["result"].dump() + " " +
                      test.value("comment", "") + " " + test["flags"].dump());
  }
};

// False when the provider has no such row.
using Runner = bool (*)(const Provider& provider, const Json& file, Tally& tally);

bool run_aes_gcm(const Provider& provider, const Json& file, Tally& tally);
bool run_hmac_sha256(const Provider& provider, const Json& file, Tally& tally);
bool run_hmac_sha512(const Provider& provider, const Json& file, Tally& tally);
bool run_x25519(const Provider& provider, const Json& file, Tally& tally);
bool run_mlkem768(const Provider& provider, const Json& file, Tally& tally);
bool run_ecdh(const Provider& provider, const Json& file, Tally& tally);
bool run_ecdsa(const Provider& provider, const Json& file, Tally& tally);
bool run_ed25519(const Provider& provider, const Json& file, Tally& tally);
bool run_rsa(const Provider& provider, const Json& file, Tally& tally);

inline Octets field(const Json& object, const char* name) {
  return unhex(object.at(name).get<std::string>());
}

// "acceptable" vectors may be taken or refused.
inline bool verdict_fits(const Json& test, bool taken) {
  const std::string result = test["result"];
  return result == "acceptable" || taken == (result == "valid");
}

}  // namespace sshauth::test
