// Settings of the SSHAuth object ("SecurityPolicy=Modern"), applied to a login of ours.
//
// The object itself checks and understands them. Known here is only which of them hold secrets.
#pragma once

#include <string>
#include <vector>

#include "lib/client/config.hpp"

namespace sshauth::tool {

// What settings say of how the user's keys are opened.
struct KeySettings {
  std::string sk_provider;  // SecurityKeyProvider
  bool last_try = false;    // PKCS11LastTry
};

// Fills in `out`, whose host is set, from an object with these settings ("NAME=VALUE", in order):
// all but the user, the credentials and the methods. Empty on success, else the object's sentence.
std::string apply_settings(const std::vector<std::string>& settings, ClientConfig& out,
                           KeySettings& keys);

}  // namespace sshauth::tool
