#include "lib/crypto/rows.hpp"

namespace sshauth {

bool Hash::start(const HashAlg& alg, MutBytes ctx) noexcept {
  wipe();
  if (ctx.size() < alg.ctx_len) return false;
  alg_ = &alg;
  ctx_ = ctx.first(alg.ctx_len);
  secure_wipe(ctx_);
  ok_ = alg.init(ctx_.data()) == 1;
  return ok_;
}

Hash& Hash::add(Bytes in) noexcept {
  if (ok_ && !in.empty()) ok_ = alg_->update(ctx_.data(), in.data(), in.size()) == 1;
  return *this;
}

Hash& Hash::add_u32(std::uint32_t value) noexcept {
  std::uint8_t octets[4];
  store_u32(octets, value);
  return add(octets);
}

Hash& Hash::add_mpint(Bytes magnitude) noexcept {
  while (!magnitude.empty() && magnitude[0] == 0) magnitude = magnitude.subspan(1);
  const bool pad = !magnitude.empty() && (magnitude[0] & 0x80) != 0;
  add_u32(static_cast<std::uint32_t>(magnitude.size() + (pad ? 1 : 0)));
  const std::uint8_t zero = 0;
  if (pad) add({&zero, 1});
  return add(magnitude);
}

bool Hash::finish(MutBytes out) noexcept {
  const bool done =
      ok_ && out.size() >= alg_->hash_len && alg_->finish(ctx_.data(), out.data()) == 1;
  wipe();
  return done;
}

void Hash::wipe() noexcept {
  if (alg_ != nullptr) {
    alg_->wipe(ctx_.data());
    secure_wipe(ctx_);
  }
  alg_ = nullptr;
  ok_ = false;
}

}  // namespace sshauth
