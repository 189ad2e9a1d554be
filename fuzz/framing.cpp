#include "fuzz/framing.hpp"

#include <algorithm>

namespace sshauth {
namespace {

constexpr std::uint8_t kNewKeys = 21;
constexpr std::size_t kMostLength = 40'000;

}  // namespace

Frame frame_of(std::string_view cipher, std::string_view mac) {
  if (cipher.empty()) return {};
  if (cipher.find("poly1305") != std::string_view::npos) return {8, 16, false};
  if (cipher.find("gcm") != std::string_view::npos) return {16, 16, false};
  const bool etm = mac.find("-etm") != std::string_view::npos;
  return {16, mac.find("512") != std::string_view::npos ? 64U : 32U, !etm};
}

Octets framed(Bytes payload, const Frame& frame) {
  const std::size_t counted = payload.size() + 1 + (frame.length_in_blocks ? 4 : 0);
  std::size_t padding = frame.block - counted % frame.block;
  if (padding < 4) padding += frame.block;
  Octets out(4);
  store_u32(out.data(), static_cast<std::uint32_t>(payload.size() + padding + 1));
  out.push_back(static_cast<std::uint8_t>(padding));
  out.insert(out.end(), payload.begin(), payload.end());
  out.resize(out.size() + padding + frame.tag);
  return out;
}

bool Unframer::read(Bytes more, const std::function<void(Bytes)>& each) {
  rest_.insert(rest_.end(), more.begin(), more.end());
  if (!identified_) {
    const auto end = std::find(rest_.begin(), rest_.end(), '\n');
    if (end == rest_.end()) return rest_.size() <= 255;
    if (as_text(rest_).substr(0, 8) != "SSH-2.0-") return false;
    rest_.erase(rest_.begin(), end + 1);
    identified_ = true;
  }
  while (rest_.size() >= 5) {
    const std::size_t length = load_u32(rest_.data());
    if (length < 5 || length > kMostLength) return false;
    if (rest_.size() < 4 + length + now_.tag) break;
    if (!one(each)) return false;
  }
  return true;
}

bool Unframer::one(const std::function<void(Bytes)>& each) {
  const std::size_t length = load_u32(rest_.data()), padding = rest_[4];
  const std::size_t counted = length + (now_.length_in_blocks ? 4 : 0);
  if (padding < 4 || padding + 1 >= length || counted % now_.block != 0) return false;
  const Octets payload(rest_.begin() + 5,
                       rest_.begin() + static_cast<std::ptrdiff_t>(4 + length - padding));
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(4 + length + now_.tag));
  each(payload);
  if (payload[0] == kNewKeys) now_ = frame_();
  return true;
}

}  // namespace sshauth
