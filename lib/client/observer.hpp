// ClientObserver: what a Client tells, and what it asks.
//
// Every call comes from inside run, start or step, in the thread that made that call. Views and
// references hold for the call only. An exception that leaves an observer ends the login with code
// -1; Client::abort, called from inside an observer, ends it with a code of the caller's.
// Nothing here may call run, start or step of the same Client.
//
// Questions may be answered `later`: the Client then stops in state `question`, asks nothing and
// opens nothing of the peer, and asks the same question again at the next step (run waits for
// Client::wake before it asks again). Time spent in questions does not count against the login
// timeout.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/keys/identity.hpp"
#include "lib/trust/verdict.hpp"

namespace sshauth {

enum class Answer : std::uint8_t {
  none = 0,  // there is no such answer: the login goes on without it, or fails
  given,
  later,
};

// A decision starts as a refusal, and one value alone accepts.
enum class HostKeyAnswer : std::uint8_t { refuse = 0, later = 1, accept = 0xa5 };

// The host key proved that it is the server's: its signature over the exchange hash verified.
// Whether it is the right one is the question.
struct HostKeyQuestion {
  std::string_view host;  // as configured
  std::uint16_t port = 0;
  Bytes blob;  // SSH encoding of the public key, or of its certificate
  Bytes key;   // of the key itself, where that is a certificate; else the same
  std::string_view cert_subject, cert_issuer;  // of an X.509 certificate; else empty
  std::string_view type;                       // "ssh-rsa"
  std::string_view algorithm;                  // "rsa-sha2-512"
  HostKeyDecision decision;                    // what lib/trust says
  bool preset = false;  // the answer if nobody is asked: accepted, or any key accepted
};

struct PasswordQuestion {
  std::string_view user;
  bool again = false;  // the last one was refused
};

struct NewPasswordQuestion {
  std::string_view user;
  std::string_view prompt;  // as the server sent it: to be shown filtered
  std::string_view language;
};

struct Prompt {
  std::string text;  // as the server sent it: to be shown filtered
  bool echo = false;
  bool filled = false;  // it matched the password prompt, and its response is the password already
};

// One SSH_MSG_USERAUTH_INFO_REQUEST (RFC 4256 §3.2); it may have no prompts at all.
struct PromptRound {
  std::string name;
  std::string instruction;
  std::vector<Prompt> prompts;
};

struct SignQuestion {
  std::size_t index = 0;  // in ClientConfig::identities
  Bytes blob;
  std::string_view algorithm;  // the signature algorithm that must be used
  Bytes data;                  // what is to be signed, RFC 4252 §7
};

class ClientObserver {
 public:
  virtual ~ClientObserver() = default;

  // ---- told ----

  // The TCP connection (through the proxy, if any) is made, code 0 and "OK", or cannot be made.
  virtual void connected(int /*code*/, std::string_view /*text*/) {}
  // Exactly once for every connected with code 0.
  virtual void disconnected(int /*code*/, std::string_view /*text*/) {}
  // "Firewall connection complete.", "Remote host connection complete.", ...
  virtual void connection_status(std::string_view /*event*/, int /*code*/,
                                 std::string_view /*text*/) {}
  // One sentence for each step of the protocol.
  virtual void status(std::string_view /*sentence*/) {}
  // Level 1: the status sentences too; 2: every packet; 3: with its octets, secrets overwritten.
  // Nothing above ClientConfig::log_level.
  virtual void log(int /*level*/, std::string_view /*message*/) {}
  // SSH_MSG_USERAUTH_BANNER, as the server sent it: to be shown filtered.
  virtual void banner(std::string_view /*text*/, std::string_view /*language*/) {}
  // An error, once, before disconnected.
  virtual void error(int /*code*/, std::string_view /*text*/) {}

  // ---- asked ----

  // Always called, also when the key is accepted already. A revoked key is refused whatever the
  // answer.
  virtual HostKeyAnswer host_key(const HostKeyQuestion& question) {
    return question.preset ? HostKeyAnswer::accept : HostKeyAnswer::refuse;
  }
  // Only when ClientConfig has no password, or it was refused.
  virtual Answer password(const PasswordQuestion&, SecretBytes& /*out*/) { return Answer::none; }
  virtual Answer new_password(const NewPasswordQuestion&, SecretBytes& /*old_password*/,
                              SecretBytes& /*new_password*/) {
    return Answer::none;
  }
  // `responses` has one entry a prompt, those of filled prompts set. RFC 4256 §3.3: all prompts are
  // shown, echoing what is typed where the prompt says so, nowhere else.
  virtual Answer prompts(const PromptRound& round, std::vector<SecretBytes>& /*responses*/) {
    for (const Prompt& prompt : round.prompts)
      if (!prompt.filled) return Answer::none;
    return Answer::given;
  }
  // Only for identities that cannot sign by themselves. The SSH encoding (RFC 4253 §6.6) of the
  // signature goes to `signature`.
  virtual Answer sign(const SignQuestion&, Blob& /*signature*/) { return Answer::none; }
  // Method "custom": `packet` is the server's last message, number first, empty at first; `reply`
  // becomes the message to send, number first.
  virtual Answer custom(Bytes /*packet*/, Blob& /*reply*/) { return Answer::none; }
};

}  // namespace sshauth
