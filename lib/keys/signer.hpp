// Signer: makes signatures with a private key that is not in our memory: an agent's, a token's.
//
// Asynchronous by nature: an agent may wait for a person. start begins, and gives a Signing that is
// stepped until it is over, whenever the descriptor it waits for is ready. Whoever stops waiting
// destroys the Signing, which lets go of the agent. Signers that can only block (PKCS#11 modules,
// security keys) do all of it in start, which returns when the token is done.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/bytes.hpp"
#include "lib/keys/key_error.hpp"

namespace sshauth {

using Blob = std::vector<std::uint8_t>;

// Views hold while start runs.
struct SignRequest {
  std::string_view algorithm;  // the signature algorithm's wire name ("rsa-sha2-512"), to be used
  Bytes data;
  // The connection that the signature is for, once its host key is verified, else empty: the
  // session identifier and the host key's signature over it (PROTOCOL.agent, session-bind).
  Bytes session_id, host_key, host_signature;
};

// Nothing at all: stepping goes on at once.
struct SignWait {
  int fd = -1;
  bool read = false;
  bool write = false;
};

// One signature being made.
class Signing {
 public:
  enum class State : std::uint8_t { working, done, failed };

  virtual ~Signing() = default;
  // Goes as far as it can without waiting.
  virtual State step() = 0;
  // While working.
  virtual SignWait wait() const { return {}; }

  // Done: the SSH encoding (RFC 4253 §6.6: string algorithm, string signature).
  const Blob& signature() const noexcept { return signature_; }
  // Failed: why.
  const KeyError& error() const noexcept { return error_; }

 protected:
  State finish(Blob signature) {
    signature_ = std::move(signature);
    return State::done;
  }
  State fail(KeyError error) {
    error_ = std::move(error);
    return State::failed;
  }

 private:
  Blob signature_;
  KeyError error_;
};

// One that was over when it began.
class FinishedSigning final : public Signing {
 public:
  explicit FinishedSigning(Blob signature) : state_(finish(std::move(signature))) {}
  explicit FinishedSigning(KeyError error) : state_(fail(std::move(error))) {}
  State step() override { return state_; }

 private:
  State state_;
};

class Signer {
 public:
  virtual ~Signer() = default;
  // Never null.
  virtual std::unique_ptr<Signing> start(const SignRequest& request) = 0;
  // What the person at the key is to be told before start; empty: nothing.
  virtual std::string notice() const { return {}; }
  // A signature takes a person's action, so the server is asked before it is made whether it would
  // take the key.
  virtual bool is_dear() const { return false; }
};

}  // namespace sshauth
