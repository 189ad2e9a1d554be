#include "lib/keys/identity.hpp"

#include "lib/crypto/public_key.hpp"

namespace sshauth {
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

KeyError Identity::sign(std::string_view algorithm, Bytes data, const Provider& provider,
                        Blob& out) const {
  if (signer_ != nullptr) return signer_->sign(algorithm, data, out);
  const std::string what = "a " + type_ + " key cannot sign as " + printable(algorithm);
  if (numbers_ == nullptr) return {KeyErrc::cannot_sign, what + ": only its public half is here"};
  const SigAlg* alg = find(sigs(provider), algorithm);
  if (alg == nullptr || alg->sign == nullptr)
    return {KeyErrc::cannot_sign, what + ": provider " + provider.name + " has no such algorithm"};
  if (type_ != alg->key_type)
    return {KeyErrc::cannot_sign, what + ", which is for keys of type " + alg->key_type};
  out.resize(kMaxSignature);
  Writer w(out);
  if (make_signature(w, *alg, provider.rng, numbers_->view(), data) != Errc::ok)
    return {KeyErrc::crypto_failed, what + ": the provider failed"};
  out.resize(w.len());
  return {};
}

}  // namespace sshauth
