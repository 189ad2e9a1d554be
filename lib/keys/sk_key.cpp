#include "lib/keys/sk_key.hpp"

#include "lib/keys/sk_provider.hpp"
#include "lib/wire/writer.hpp"

namespace sshauth {
namespace {

constexpr std::string_view kEcdsa = "sk-ecdsa-sha2-nistp256@openssh.com";
constexpr std::string_view kEd25519 = "sk-ssh-ed25519@openssh.com";
constexpr std::size_t kFixed = 128;  // of a signature, beside the numbers

// PROTOCOL.u2f "SSH U2F signatures": flags and counter stand behind the string of the signature.
Blob encode(const SkKey& key, const SkAssertion& made) {
  Blob out(kFixed + made.r.size() + made.s.size());
  Writer w(out);
  w.string(key.type);
  const std::size_t mark = w.begin_string();
  if (key.type == kEcdsa)
    w.mpint(made.r).mpint(made.s);
  else
    w.raw(made.r);
  w.end_string(mark);
  w.u8(made.flags).u32(made.counter);
  out.resize(w.len());
  return out;
}

class SkSigner final : public Signer {
 public:
  SkSigner(SkKey key, std::string provider, SecretBytes pin)
      : key_(std::move(key)), provider_(std::move(provider)), pin_(std::move(pin)) {}

  std::unique_ptr<Signing> start(const SignRequest& request) override {
    Blob signature;
    KeyError error = sign(request, signature);
    if (error.ok()) return std::make_unique<FinishedSigning>(std::move(signature));
    return std::make_unique<FinishedSigning>(std::move(error));
  }
  bool is_dear() const override { return key_.flags != 0; }
  std::string notice() const override {
    if ((key_.flags & kSkUserPresence) == 0) return {};
    return "Touch the security key to sign (" + printable(key_.application) + ")";
  }

 private:
  KeyError sign(const SignRequest& request, Blob& out) const {
    KeyError why;
    const auto provider = open_sk_provider(provider_, why);
    if (provider == nullptr) return why;
    SkRequest wish{key_.type, request.data, key_.application, key_.handle, key_.flags, {}};
    const std::string_view pin = as_text(pin_.reveal());
    // A PIN is shown to no authenticator that does not want it.
    if ((key_.flags & kSkUserVerification) != 0) wish.pin = pin;
    SkAssertion made;
    why = provider->sign(wish, made);
    if (why.code == KeyErrc::needs_passphrase && wish.pin.empty() && !pin.empty()) {
      wish.pin = pin;
      why = provider->sign(wish, made);
    }
    if (!why.ok()) return why;
    out = encode(key_, made);
    return {};
  }

  SkKey key_;
  std::string provider_;
  SecretBytes pin_;
};

}  // namespace

bool is_sk_type(std::string_view type) noexcept { return type == kEcdsa || type == kEd25519; }

// PROTOCOL.u2f "SSH U2F Key formats".
SkKey read_sk_key(Reader& r, std::string_view type, Bytes public_blob) {
  const std::string_view curve = type == kEcdsa ? r.text() : std::string_view();
  const Bytes pub = r.string();
  const std::string_view application = r.text();
  const std::uint8_t flags = r.u8();
  const Bytes handle = r.string();
  r.string();  // reserved
  Blob public_half(kFixed + pub.size() + application.size());
  Writer w(public_half);
  w.string(type);
  if (type == kEcdsa) w.string(curve);
  w.string(pub).string(application);
  if (!same_bytes(w.written(), public_blob) || application.find('\0') != application.npos)
    r.poison();
  return {std::string(type), std::string(application), flags, Blob(handle.begin(), handle.end())};
}

std::unique_ptr<Signer> make_sk_signer(SkKey key, std::string provider, SecretBytes pin) {
  return std::make_unique<SkSigner>(std::move(key), std::move(provider), std::move(pin));
}

}  // namespace sshauth
