// What is said to a key agent, and what it answers: draft-ietf-sshm-ssh-agent-05 §3, and OpenSSH's
// PROTOCOL.agent §1 (session-bind). Octets alone, without the length that goes before a message.
//
// The agent is taken to be hostile: a reply ends exactly where it should, every count is bounded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/bytes.hpp"
#include "lib/keys/key_error.hpp"
#include "lib/keys/public_key.hpp"
#include "lib/keys/signer.hpp"

namespace sshauth {

constexpr std::size_t kMaxAgentReply = std::size_t{256} * 1024;  // as OpenSSH
constexpr std::size_t kMaxAgentKeys = 2048;                      // as OpenSSH

struct AgentKey {
  Blob blob;  // a public key or a certificate, of a type that may not be known here
  std::string comment;
};

// SSH_AGENTC_REQUEST_IDENTITIES.
Blob agent_list_request();
// SSH_AGENTC_SIGN_REQUEST, with the flag that the algorithm takes.
Blob agent_sign_request(Bytes key, const SignRequest& request);
// SSH_AGENTC_EXTENSION "session-bind@openssh.com": tells the agent which connection signatures are
// for, so that it can keep keys to the hosts they are restricted to.
Blob agent_bind_request(const SignRequest& request);

// `unsupported_type`: the agent refuses to list. Keys whose blob is no key at all are malformed.
KeyError read_agent_list(Bytes reply, std::vector<AgentKey>& out);
// `cannot_sign`: the agent refuses. The signature itself is not looked at.
KeyError read_agent_signature(Bytes reply, Blob& out);

}  // namespace sshauth
