// What a login came to: an exit status, a JSON object, a few lines for people.
#pragma once

#include "lib/client/config.hpp"
#include "lib/client/result.hpp"
#include "tools/json.hpp"

namespace sshauth::tool {

// `lacked_credential`: it ended because the server wanted something that we had not got.
Exit exit_of(const ClientResult& result, bool lacked_credential);

// "authenticated", "refused", "host-key", "connection", "protocol", "credential", "usage".
const char* result_word(Exit status);

// What the tool alone knows about a login; empty where there is nothing to say.
struct LoginExtras {
  std::string stored_in;  // the known_hosts file that the host key was added to
  std::string key_error;  // in what way a key file could not be used: "wrong_passphrase"
};

Json login_json(const ClientConfig& config, const ClientResult& result, Exit status,
                const LoginExtras& extras = {});

// Text from the server is made readable here.
void show_login(const ClientConfig& config, const ClientResult& result, Exit status);

}  // namespace sshauth::tool
