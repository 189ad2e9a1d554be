// ToyGss: a GSSAPI mechanism of the tests' own. Both sides know a secret; every token is a line of
// text with an HMAC-SHA-256 over it and all tokens before, and so is every MIC. It says Kerberos'
// name, so that the gss-* key exchanges can be tried with it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ipworksauth/provider.h"

namespace sshauth::test {

class ToyGss {
 public:
  ToyGss();
  ToyGss(const ToyGss&) = delete;
  ToyGss& operator=(const ToyGss&) = delete;

  const ipworksauth_gss* row() const { return &row_; }

  std::string secret = "shared";
  std::string name = "alice@TOY";  // of the initiator
  unsigned rounds = 1;             // tokens of the initiator
  std::uint32_t grants = IPWORKSAUTH_GSS_DELEGATE | IPWORKSAUTH_GSS_MUTUAL |
                         IPWORKSAUTH_GSS_INTEGRITY;  // what an initiator gets of what it wants
  unsigned fail_at = 0;                              // the step, from 1, that fails; 0: none
  bool error_token = false;                          // and then with an error token
  bool wrong_mic = false;
  bool fail_mic = false;
  std::size_t token_len = 0;  // tokens are filled up to it

  // seen
  int steps = 0;
  std::uint32_t wanted = 0;  // of the last step of an initiator
  int live = 0;              // contexts that were started and not wiped

 private:
  ipworksauth_gss row_{};
  std::vector<std::uint8_t> oid_;
};

}  // namespace sshauth::test
