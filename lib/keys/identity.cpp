#include "lib/keys/identity.hpp"

#include "lib/crypto/key_algorithm.hpp"

namespace sshauth {
namespace {

// What a signer made is looked at before it goes anywhere.
class CheckedSigning final : public Signing {
 public:
  CheckedSigning(std::unique_ptr<Signing> inner, const SignRequest& request, const Blob& key,
                 const Provider& provider)
      : inner_(std::move(inner)),
        algorithm_(request.algorithm),
        data_(request.data.begin(), request.data.end()),
        key_(key),
        provider_(provider) {}

  State step() override {
    switch (inner_->step()) {
      case State::working: return State::working;
      case State::failed: return fail(inner_->error());
      case State::done: break;
    }
    KeyError wrong = check(inner_->signature());
    return wrong.ok() ? finish(inner_->signature()) : fail(std::move(wrong));
  }
  SignWait wait() const override { return inner_->wait(); }

 private:
  KeyError check(const Blob& signature) const {
    const std::string_view made = signature_algorithm(signature);
    if (made.empty() || signature.size() > kMaxSignature)
      return {KeyErrc::malformed, "the signature that the key's holder gave is malformed"};
    if (made != algorithm_)
      return {KeyErrc::cannot_sign, "the key's holder was asked for a signature by " +
                                        printable(algorithm_) + " and made one by " +
                                        printable(made)};
    if (!verifies(signature))
      return {KeyErrc::cannot_sign,
              "the signature that the key's holder gave does not verify with the public key; it "
              "belongs to another key or to other data"};
    return {};
  }

  // With the key in the blob, which is a plain one or in a certificate.
  bool verifies(const Blob& signature) const {
    bool yes = false;
    each_key_algorithm(provider_, [&](const KeyAlgorithm& alg) {
      OpenedKey key;
      if (yes || alg.blob_type != public_blob_type(key_) || alg.sig->name != algorithm_) return;
      yes = open_key(alg, provider_, key_, key) == Errc::ok &&
            verify_signature(*alg.sig, key.numbers, algorithm_, data_, signature) == Errc::ok;
    });
    return yes;
  }

  std::unique_ptr<Signing> inner_;
  std::string algorithm_;
  Blob data_;
  Blob key_;
  const Provider& provider_;
};

}  // namespace

PrivateNumbers::PrivateNumbers(const ipworksauth_private_key& from)
    : octets_(from.pub.first_len + from.pub.second_len + from.pub.third_len + from.pub.fourth_len +
              from.d_len + from.p_len + from.q_len + from.iqmp_len) {
  Writer w(octets_.write());
  const auto keep = [&w](const std::uint8_t* data, std::size_t len, const std::uint8_t*& at,
                         std::size_t& at_len) {
    at = len != 0 ? w.reserve(len).data() : nullptr;
    at_len = len;
    if (len != 0) std::memcpy(const_cast<std::uint8_t*>(at), data, len);
  };
  keep(from.pub.first, from.pub.first_len, view_.pub.first, view_.pub.first_len);
  keep(from.pub.second, from.pub.second_len, view_.pub.second, view_.pub.second_len);
  keep(from.pub.third, from.pub.third_len, view_.pub.third, view_.pub.third_len);
  keep(from.pub.fourth, from.pub.fourth_len, view_.pub.fourth, view_.pub.fourth_len);
  keep(from.d, from.d_len, view_.d, view_.d_len);
  keep(from.p, from.p_len, view_.p, view_.p_len);
  keep(from.q, from.q_len, view_.q, view_.q_len);
  keep(from.iqmp, from.iqmp_len, view_.iqmp, view_.iqmp_len);
}

Identity::Identity(Blob blob, std::string comment, std::string format)
    : blob_(std::move(blob)), comment_(std::move(comment)), format_(std::move(format)) {
  type_ = public_blob_type(blob_);
  PublicKeyView view;  // a Signer may have key types of its own: then the size stays unknown
  if (decode_public_blob(blob_, view).ok()) bits_ = view.bits;
}

Identity::Identity(Blob blob, std::string comment, std::string format,
                   std::unique_ptr<PrivateNumbers> numbers)
    : Identity(std::move(blob), std::move(comment), std::move(format)) {
  numbers_ = std::move(numbers);
}

Identity::Identity(Blob blob, std::string comment, std::string format,
                   std::unique_ptr<Signer> signer)
    : Identity(std::move(blob), std::move(comment), std::move(format)) {
  signer_ = std::move(signer);
}

KeyError Identity::sign_here(const SignRequest& request, const Provider& provider,
                             Blob& out) const {
  const std::string what = "a " + type_ + " key cannot sign as " + printable(request.algorithm);
  if (numbers_ == nullptr) return {KeyErrc::cannot_sign, what + ": only its public half is here"};
  const SigAlg* alg = find(sigs(provider), request.algorithm);
  if (alg == nullptr || alg->sign == nullptr)
    return {KeyErrc::cannot_sign, what + ": provider " + provider.name + " has no such algorithm"};
  if (type_ != alg->key_type)
    return {KeyErrc::cannot_sign, what + ", which is for keys of type " + alg->key_type};
  out.resize(kMaxSignature);
  Writer w(out);
  if (make_signature(w, *alg, provider.rng, numbers_->view(), request.data) != Errc::ok)
    return {KeyErrc::crypto_failed, what + ": the provider failed"};
  out.resize(w.len());
  return {};
}

std::unique_ptr<Signing> Identity::start_signing(const SignRequest& request,
                                                 const Provider& provider) const {
  if (signer_ != nullptr)
    return std::make_unique<CheckedSigning>(signer_->start(request), request, blob_, provider);
  Blob signature;
  KeyError error = sign_here(request, provider, signature);
  if (error.ok()) return std::make_unique<FinishedSigning>(std::move(signature));
  return std::make_unique<FinishedSigning>(std::move(error));
}

KeyError Identity::sign(std::string_view algorithm, Bytes data, const Provider& provider,
                        Blob& out) const {
  const auto signing = start_signing({algorithm, data, {}, {}, {}}, provider);
  switch (signing->step()) {
    case Signing::State::done: out = signing->signature(); return {};
    case Signing::State::failed: return signing->error();
    case Signing::State::working: break;
  }
  return {KeyErrc::cannot_sign, "the key is elsewhere, and its answer has to be waited for"};
}

}  // namespace sshauth
