// Identity: one key as the rest of the library sees it, whatever it came from.
//
// Its public half is always there. Its private half is one of
//   - none: a public key alone (has_private and can_sign are false);
//   - numbers in our memory: private_key() gives the view that
//     ipworksauth_engine_answer_private_key takes;
//   - somewhere else (an agent, a token, a cloud): a Signer stands in. What it makes goes to
//     ipworksauth_engine_answer_signature.
// start_signing works for the last two alike, so a caller that always uses it needs no case
// distinction.
//
// Ownership: an Identity owns everything, moves and does not copy; private numbers are wiped when
// it ends. Views it gives hold until it is moved from, assigned to or destroyed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipworksauth/provider.h"
#include "lib/crypto/rows.hpp"
#include "lib/keys/key_error.hpp"
#include "lib/keys/public_key.hpp"
#include "lib/keys/secret_bytes.hpp"
#include "lib/keys/signer.hpp"

namespace sshauth {

// The numbers of a private key in one wiped block, with the view that the C interface takes.
class PrivateNumbers {
 public:
  // Copies the numbers of `from`.
  explicit PrivateNumbers(const ipworksauth_private_key& from);
  PrivateNumbers(const PrivateNumbers&) = delete;
  PrivateNumbers& operator=(const PrivateNumbers&) = delete;

  const ipworksauth_private_key& view() const noexcept { return view_; }

 private:
  SecretBytes octets_;
  ipworksauth_private_key view_{};
};

class Identity {
 public:
  // A public key alone. `blob` was accepted by decode_public_blob.
  Identity(Blob blob, std::string comment, std::string format);
  // With its private half. The two belong together: check_key_pair said so.
  Identity(Blob blob, std::string comment, std::string format,
           std::unique_ptr<PrivateNumbers> numbers);
  // With its private half elsewhere.
  Identity(Blob blob, std::string comment, std::string format, std::unique_ptr<Signer> signer);
  Identity(Identity&&) noexcept = default;
  Identity& operator=(Identity&&) noexcept = default;

  Bytes public_blob() const noexcept { return blob_; }
  const std::string& type() const noexcept { return type_; }
  unsigned bits() const noexcept { return bits_; }
  // What its owner calls it: the comment of a key, the friendly name or alias in a key store.
  const std::string& comment() const noexcept { return comment_; }
  void set_comment(std::string comment) { comment_ = std::move(comment); }
  // Where it came from: "OpenSSH private key", "PEM PKCS#1 RSA", "PEM SEC1 EC", "PKCS#8",
  // "PKCS#8 encrypted", "PEM public key", "OpenSSH public key line", "SSH2 public key",
  // "generated".
  const std::string& format() const noexcept { return format_; }
  // The X.509 certificates that came with it, in DER: its own, then as many of those above it as
  // were there. Empty: none.
  const std::vector<Blob>& x509_chain() const noexcept { return x509_chain_; }
  void set_x509_chain(std::vector<Blob> chain) { x509_chain_ = std::move(chain); }
  // The OpenSSH certificate (PROTOCOL.certkeys) that goes with it, as a key blob. Empty: none.
  const Blob& certificate() const noexcept { return certificate_; }
  void set_certificate(Blob certificate) { certificate_ = std::move(certificate); }
  // Whether the private half was (or, read with public_only, is) encrypted at its source.
  bool encrypted() const noexcept { return encrypted_; }
  void set_encrypted(bool encrypted) noexcept { encrypted_ = encrypted; }

  bool has_private() const noexcept { return numbers_ != nullptr; }
  bool can_sign() const noexcept { return numbers_ != nullptr || signer_ != nullptr; }
  // Leaves the public half alone.
  void drop_private() noexcept {
    numbers_.reset();
    signer_.reset();
  }
  // Null unless has_private.
  const ipworksauth_private_key* private_key() const noexcept {
    return numbers_ != nullptr ? &numbers_->view() : nullptr;
  }

  // Null where the private half is not elsewhere.
  const Signer* signer() const noexcept { return signer_.get(); }

  // Begins a signature; never null. `provider` signs where the numbers are ours, and verifies what
  // a signer made: no other algorithm, and no other key, than was asked for.
  std::unique_ptr<Signing> start_signing(const SignRequest& request,
                                         const Provider& provider) const;
  // The same where nothing has to be waited for: numbers of ours, and signers that block.
  KeyError sign(std::string_view algorithm, Bytes data, const Provider& provider, Blob& out) const;

  // "type base64 comment".
  std::string public_line() const { return format_public_line(blob_, comment_); }

 private:
  KeyError sign_here(const SignRequest& request, const Provider& provider, Blob& out) const;

  Blob blob_;
  std::string type_;
  unsigned bits_ = 0;
  std::string comment_;
  std::string format_;
  std::vector<Blob> x509_chain_;
  Blob certificate_;
  bool encrypted_ = false;
  std::unique_ptr<PrivateNumbers> numbers_;
  std::unique_ptr<Signer> signer_;
};

// An Identity, or why there is none.
class [[nodiscard]] KeyResult {
 public:
  KeyResult(Identity identity) : identity_(std::move(identity)) {}
  KeyResult(KeyError error) : error_(std::move(error)) {}

  bool ok() const noexcept { return identity_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }
  Identity& operator*() noexcept { return *identity_; }
  Identity* operator->() noexcept { return &*identity_; }
  const KeyError& error() const noexcept { return error_; }

 private:
  std::optional<Identity> identity_;
  KeyError error_;
};

// Whether the private numbers are in range and belong to the public ones of `type`: the Ed25519
// public key follows from the seed, the curve point is scalar times generator, RSA's n = p*q with
// exponents that undo each other. Every loader and generator passes through here.
KeyError check_key_pair(std::string_view type, const ipworksauth_private_key& numbers);

}  // namespace sshauth
