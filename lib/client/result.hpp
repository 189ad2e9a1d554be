// ClientResult: everything there is to know about a login, while it runs and after it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/keys/public_key.hpp"
#include "lib/trust/verdict.hpp"

namespace sshauth {

enum class ClientStage : std::uint8_t {
  none,
  resolve,
  connect,
  proxy,
  identification,
  key_exchange,
  host_key,  // waiting for the verdict
  service,   // "ssh-userauth" asked for
  authentication,
  disconnect,
  done,
};
constexpr std::size_t kNumClientStages = 11;

// "key-exchange", for logs and JSON.
const char* stage_name(ClientStage stage) noexcept;

struct NegotiatedNames {
  std::string kex, host_key;
  std::string cipher_c2s, cipher_s2c;  // c2s: client to server
  std::string mac_c2s, mac_s2c;        // empty where the cipher authenticates
  std::string compression_c2s, compression_s2c;
};

struct ClientResult {
  // 0: authenticated. Else the SSHAuth object's code (lib/base/errors.def, lib/net/error.hpp), with
  // a sentence that says what was expected, what came and what to do.
  int code = 0;
  std::string text;
  ClientStage stage = ClientStage::none;  // where it ended
  int engine_code = 0;                    // IPWORKSAUTH_E_..., where the engine ended it
  std::string engine_error;               // "no_common_algorithm"
  unsigned peer_reason = 0;               // RFC 4253 §11.1 reason, when the server disconnected
  int os_error = 0;                       // errno, where there was one

  std::string remote_address;  // of the server, or of the proxy
  unsigned remote_port = 0;
  std::string local_address;
  unsigned local_port = 0;

  std::string server_identification;
  std::string host_key_type;  // "ssh-rsa"
  Blob host_key;
  HostKeyDecision trust;  // what lib/trust said of it
  bool host_key_accepted = false;
  NegotiatedNames negotiated;
  bool strict_kex = false;
  std::string server_sig_algs;

  std::string method;         // of the last request
  std::string key_algorithm;  // of the last publickey request
  std::string can_continue;   // methods that can continue, of the last refusal
  bool partial_success = false;
  unsigned attempts = 0;    // requests that consumed a credential
  bool gss_failed = false;  // our GSSAPI mechanism could not go on: no ticket, an answer it refused

  unsigned flights = 0;      // times we spoke after having listened
  unsigned rekeys = 0;       // exchanges after the first
  unsigned connections = 0;  // 2: the server broke on the pipelined flight, or on a wrong guess
  std::uint64_t octets_in = 0, octets_out = 0;
  std::uint64_t packets_in = 0, packets_out = 0;
  std::string guess_hint;  // to save for ClientConfig::guess_hint

  // Milliseconds spent in each stage, by ClientStage; for people, not for programs.
  std::uint64_t stage_ms[kNumClientStages] = {};
  std::uint64_t callback_ms = 0;  // of it in the observer
  std::uint64_t total_ms = 0;
};

}  // namespace sshauth
