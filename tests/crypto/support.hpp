// Rows driven the way the engine drives them, for tests: contexts in aligned zeroed memory, wiped
// once; results as octet strings, nothing where the row refused.
#pragma once

#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/crypto/providers.hpp"

namespace sshauth::test {

using Octets = std::vector<std::uint8_t>;

inline Octets octets(Bytes b) { return {b.begin(), b.end()}; }
inline Octets octets(std::string_view text) { return octets(as_bytes(text)); }

inline Octets unhex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  Octets out;
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == ':') continue;
    if (high < 0) {
      high = digit(c);
    } else {
      out.push_back(static_cast<std::uint8_t>(high << 4 | digit(c)));
      high = -1;
    }
  }
  return out;
}

inline std::string hex(Bytes b) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t octet : b) {
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
  return out;
}

// A row's context: `ctx_len` zeroed octets aligned to 16, wiped with the row's own `wipe`. The
// guard octets behind it notice a row that needs more than it asked for.
template <class Alg>
class Context {
 public:
  explicit Context(const Alg& alg) : alg_(alg) {
    const std::size_t len = (alg.ctx_len + kGuard + 15) / 16 * 16;
    at_ = static_cast<std::uint8_t*>(std::aligned_alloc(16, len));
    std::memset(at_, 0, len);
    std::memset(at_ + alg.ctx_len, 0xa5, kGuard);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() {
    alg_.wipe(at_);
    for (std::size_t i = 0; i < kGuard; ++i)
      if (at_[alg_.ctx_len + i] != 0xa5) std::abort();
    std::free(at_);
  }
  void* get() const { return at_; }

 private:
  static constexpr std::size_t kGuard = 16;
  const Alg& alg_;
  std::uint8_t* at_;
};

inline std::optional<Octets> hash(const HashAlg& alg, Bytes in) {
  Context<HashAlg> ctx(alg);
  Octets out(alg.hash_len);
  if (alg.init(ctx.get()) != 1 || alg.update(ctx.get(), in.data(), in.size()) != 1 ||
      alg.finish(ctx.get(), out.data()) != 1)
    return std::nullopt;
  return out;
}

inline std::optional<Octets> mac(const MacAlg& alg, Bytes key, std::uint32_t seq, Bytes data) {
  Context<MacAlg> ctx(alg);
  Octets out(alg.tag_len);
  if (alg.init(ctx.get(), key.data()) != 1 ||
      alg.compute(ctx.get(), seq, data.data(), data.size(), out.data()) != 1)
    return std::nullopt;
  return out;
}

// One direction of a cipher.
class Direction {
 public:
  Direction(const CipherAlg& alg, bool encrypt, Bytes key, Bytes iv) : alg_(alg), ctx_(alg) {
    ok_ = alg.init(ctx_.get(), encrypt ? 1 : 0, key.data(), iv.data()) == 1;
  }
  bool ok() const { return ok_; }
  bool crypt(Octets& data) { return alg_.crypt(ctx_.get(), data.data(), data.size()) == 1; }
  bool read_length(std::uint32_t seq, const Octets& packet, std::array<std::uint8_t, 4>& length) {
    return alg_.read_length(ctx_.get(), seq, packet.data(), length.data()) == 1;
  }
  // Appends the tag.
  bool seal(std::uint32_t seq, Octets& packet) {
    const std::size_t len = packet.size();
    packet.resize(len + alg_.tag_len);
    return alg_.seal(ctx_.get(), seq, packet.data(), len, packet.data() + len) == 1;
  }
  // Takes the tag off.
  bool open(std::uint32_t seq, Octets& packet) {
    const std::size_t len = packet.size() - alg_.tag_len;
    const bool opened = alg_.open(ctx_.get(), seq, packet.data(), len, packet.data() + len) == 1;
    packet.resize(len);
    return opened;
  }

 private:
  const CipherAlg& alg_;
  Context<CipherAlg> ctx_;
  bool ok_ = false;
};

// A source that repeats the octets it is given, so that published private values can be used.
class FixedRng {
 public:
  explicit FixedRng(Octets octets) : octets_(std::move(octets)), rng_{this, fill} {}
  const Rng* get() const { return &rng_; }

 private:
  static int fill(void* self, std::uint8_t* out, std::size_t len) {
    const Octets& from = static_cast<FixedRng*>(self)->octets_;
    for (std::size_t i = 0; i < len; ++i) out[i] = from[i % from.size()];
    return 1;
  }
  Octets octets_;
  Rng rng_;
};

struct Agreed {
  Octets value;
  Octets secret;
};

// The initiator's half.
class Initiator {
 public:
  Initiator(const AgreementAlg& alg, const Rng& rng) : alg_(alg), ctx_(alg), value_(alg.init_len) {
    std::size_t len = 0;
    ok_ = alg.init(ctx_.get(), &rng, value_.data(), &len) == 1 && len <= alg.init_len;
    value_.resize(ok_ ? len : 0);
  }
  bool ok() const { return ok_; }
  const Octets& value() const { return value_; }
  std::optional<Octets> finish(Bytes peer) {
    Octets secret(alg_.secret_len);
    std::size_t len = 0;
    if (alg_.finish(ctx_.get(), peer.data(), peer.size(), secret.data(), &len) != 1)
      return std::nullopt;
    secret.resize(len);
    return secret;
  }

 private:
  const AgreementAlg& alg_;
  Context<AgreementAlg> ctx_;
  Octets value_;
  bool ok_ = false;
};

inline std::optional<Agreed> respond(const AgreementAlg& alg, const Rng& rng, Bytes peer) {
  Context<AgreementAlg> ctx(alg);
  Agreed out{Octets(alg.reply_len), Octets(alg.secret_len)};
  std::size_t value_len = 0;
  std::size_t secret_len = 0;
  if (alg.respond(ctx.get(), &rng, peer.data(), peer.size(), out.value.data(), &value_len,
                  out.secret.data(), &secret_len) != 1)
    return std::nullopt;
  out.value.resize(value_len);
  out.secret.resize(secret_len);
  return out;
}

inline std::optional<Octets> random_octets(const Provider& provider, std::size_t len) {
  Octets out(len);
  if (!fill_random(provider.rng, out)) return std::nullopt;
  return out;
}

// Key pairs as the numbers in them, owning their octets.
struct KeyPair {
  Octets first, second, d, p, q, iqmp, third, fourth;
  ipworksauth_public_key pub() const {
    return {first.data(), first.size(), second.data(), second.size(),
            third.data(), third.size(), fourth.data(), fourth.size()};
  }
  ipworksauth_private_key priv() const {
    return {pub(),    d.data(), d.size(),    p.data(),   p.size(),
            q.data(), q.size(), iqmp.data(), iqmp.size()};
  }
};

inline bool verify(const SigAlg& alg, const KeyPair& key, Bytes message, Bytes signature) {
  const ipworksauth_public_key pub = key.pub();
  return alg.verify(&pub, message.data(), message.size(), signature.data(), signature.size()) == 1;
}

inline std::optional<Octets> sign(const SigAlg& alg, const KeyPair& key, const Rng& rng,
                                  Bytes message, std::size_t room = 4096) {
  const ipworksauth_private_key priv = key.priv();
  Octets out(room);
  std::size_t len = room;
  if (alg.sign(&priv, &rng, message.data(), message.size(), out.data(), &len) != 1)
    return std::nullopt;
  out.resize(len);
  return out;
}

// Every provider, for tests that run on each.
inline const std::array<const Provider*, 3>& all_providers() {
  static const std::array<const Provider*, 3> all = {&openssl_provider(), &sodium_provider(),
                                                     &fastest_provider()};
  return all;
}

}  // namespace sshauth::test
