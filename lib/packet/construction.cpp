#include "lib/packet/construction.hpp"

namespace sshauth {
namespace {

const Construction* construction_of(const Suite& suite) noexcept {
  switch (suite.cipher->kind) {
    case IPWORKSAUTH_CIPHER_GCM: return &kGcm;
    case IPWORKSAUTH_CIPHER_CHACHAPOLY: return &kChachapoly;
    default: break;
  }
  if (suite.mac->etm != 0) return &kEtm;
  return suite.cipher->kind == IPWORKSAUTH_CIPHER_CBC ? &kMacWithCbc : &kMac;
}

bool in_steps(const MacAlg* mac) noexcept {
  return mac != nullptr && mac->begin != nullptr && mac->update != nullptr &&
         mac->finish != nullptr;
}

}  // namespace

bool can_protect(const Suite& suite) noexcept {
  return construction_of(suite)->pieces == nullptr || in_steps(suite.mac);
}

bool Protection::start(const Suite& algorithms, bool encrypt, Bytes key, Bytes iv,
                       Bytes mac_key) noexcept {
  wipe();
  const CipherAlg& cipher = *algorithms.cipher;
  const MacAlg* mac = algorithms.mac;
  const bool room = cipher.ctx_len <= cipher_ctx.size() && key.size() >= cipher.key_len &&
                    iv.size() >= cipher.iv_len;
  const bool mac_room =
      mac == nullptr ||
      (mac->ctx_len <= mac_ctx.size() && mac_key.size() >= mac->key_len && mac->tag_len <= kMaxTag);
  const bool paired = needs_mac(cipher) == (mac != nullptr);
  if (!room || !mac_room || !paired) return false;
  suite = algorithms;  // from here on wipe() lets go of what was started
  how = construction_of(suite);
  const bool started =
      can_protect(suite) &&
      cipher.init(cipher_ctx.data(), encrypt ? 1 : 0, key.data(), iv.data()) == 1 &&
      (mac == nullptr || mac->init(mac_ctx.data(), mac_key.data()) == 1);
  if (!started) wipe();
  return started;
}

void Protection::wipe() noexcept {
  if (suite.cipher != nullptr) suite.cipher->wipe(cipher_ctx.data());
  if (suite.mac != nullptr) suite.mac->wipe(mac_ctx.data());
  secure_wipe(cipher_ctx);
  secure_wipe(mac_ctx);
  suite = {};
  how = &kPlain;
}

}  // namespace sshauth
