#include "lib/crypto/gss.hpp"

namespace sshauth {

const char* why_unusable(const Gss& row, GssContext::Role role) noexcept {
  // DER (X.690 §8.19): tag 6, a length of one octet, the value.
  const bool named = row.oid != nullptr && row.oid_len > 2 && row.oid_len <= kMaxGssOid &&
                     row.oid[0] == 6 && row.oid[1] == row.oid_len - 2;
  const bool acts = role == GssContext::Role::initiator
                        ? row.initiate != nullptr
                        : row.accept != nullptr && row.initiator_name != nullptr;
  if (row.struct_size != sizeof row)
    return "the GSSAPI mechanism (gss) is of another version of this interface (struct_size)";
  if (!named) return "the GSSAPI mechanism (gss) is not named: oid is no object identifier in DER";
  const bool whole = acts && row.get_mic != nullptr && row.verify_mic != nullptr &&
                     row.error_text != nullptr && row.wipe != nullptr;
  return whole ? nullptr : "the GSSAPI mechanism (gss) lacks a function that its role needs";
}

const char* why_not_by_gss() noexcept {
  return "a list names a method by GSSAPI, and no mechanism is given for it (gss)";
}

bool is_kerberos(const Gss& row) noexcept {
  constexpr std::uint8_t kOid[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                   0xf7, 0x12, 0x01, 0x02, 0x02};
  return same_bytes(Bytes(row.oid, row.oid_len), kOid);
}

void GssContext::begin(const Gss& row, Role role, std::uint32_t wanted) noexcept {
  wipe();
  row_ = &row;
  role_ = role;
  state_ = GssStep::going_on;
  // RFC 4462 §2.1, §3.4: integrity and mutual authentication are asked for wherever a MIC follows.
  flags_ = IPWORKSAUTH_GSS_MUTUAL | IPWORKSAUTH_GSS_INTEGRITY | wanted;
}

GssStep GssContext::step(Bytes in, MutBytes room, Bytes& out) noexcept {
  out = {};
  if (row_ == nullptr || state_ != GssStep::going_on || ++steps_ > kMaxGssSteps)
    return state_ = GssStep::failed;
  std::size_t len = room.size();
  std::uint32_t flags = flags_;
  const auto run = role_ == Role::initiator ? row_->initiate : row_->accept;
  const int came = run(row_->self, ctx_.data(), &flags, in.data(), in.size(), room.data(), &len);
  if (len > room.size()) len = 0;
  out = Bytes(room).first(len);
  if (came == IPWORKSAUTH_GSS_DONE) {
    flags_ = flags;
    return state_ = GssStep::established;
  }
  // Who waits for the peer without having said anything waits for ever.
  if (came == IPWORKSAUTH_GSS_CONTINUE && len != 0) return GssStep::going_on;
  return state_ = GssStep::failed;
}

bool GssContext::get_mic(Bytes message, MutBytes room, Bytes& out) noexcept {
  std::size_t len = room.size();
  if (!has(IPWORKSAUTH_GSS_INTEGRITY) ||
      row_->get_mic(row_->self, ctx_.data(), message.data(), message.size(), room.data(), &len) !=
          1 ||
      len == 0 || len > room.size())
    return false;
  out = Bytes(room).first(len);
  return true;
}

bool GssContext::verify_mic(Bytes message, Bytes mic) noexcept {
  return has(IPWORKSAUTH_GSS_INTEGRITY) && !mic.empty() &&
         row_->verify_mic(row_->self, ctx_.data(), message.data(), message.size(), mic.data(),
                          mic.size()) == 1;
}

std::string_view GssContext::initiator_name(std::span<char> room) noexcept {
  std::size_t len = room.size();
  if (!established() || row_->initiator_name == nullptr ||
      row_->initiator_name(row_->self, ctx_.data(), room.data(), &len) != 1 || len > room.size())
    return {};
  return {room.data(), len};
}

std::string_view GssContext::error_text(std::span<char> room) noexcept {
  if (steps_ > kMaxGssSteps) return "the mechanism wanted more than 16 tokens";
  if (established() && !has(IPWORKSAUTH_GSS_INTEGRITY))
    return "the mechanism has no integrity protection, and without it nothing is proved";
  const std::size_t len =
      row_ != nullptr ? row_->error_text(row_->self, ctx_.data(), room.data(), room.size()) : 0;
  if (len == 0 || len > room.size()) return "the mechanism gave no reason";
  return {room.data(), len};
}

void GssContext::wipe() noexcept {
  if (row_ != nullptr) row_->wipe(row_->self, ctx_.data());
  secure_wipe(ctx_);
  row_ = nullptr;
  state_ = GssStep::failed;
  flags_ = steps_ = 0;
}

}  // namespace sshauth
