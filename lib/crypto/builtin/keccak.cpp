#include "lib/crypto/builtin/keccak.hpp"

#include <bit>

namespace sshauth {
namespace {

constexpr unsigned kRounds = 24;

// FIPS 202 §3.2.5: the round constants are the output of a shift register of 8 bits.
struct RoundConstants {
  std::uint64_t at[kRounds] = {};
  constexpr RoundConstants() noexcept {
    unsigned lfsr = 1;
    for (std::uint64_t& constant : at)
      for (unsigned j = 0; j < 7; ++j) {
        if ((lfsr & 1) != 0) constant |= std::uint64_t{1} << ((1u << j) - 1);
        lfsr = lfsr << 1 ^ ((lfsr >> 7 & 1) != 0 ? 0x171u : 0u);
      }
  }
};
constexpr RoundConstants kRoundConstants;
static_assert(kRoundConstants.at[0] == 1 && kRoundConstants.at[1] == 0x8082 &&
              kRoundConstants.at[23] == 0x8000000080008008);

// §3.2.2 and §3.2.3 walk the lanes in one cycle: by so many bits, from lane to lane.
struct Walk {
  std::uint8_t lane[24] = {};
  std::uint8_t turn[24] = {};
  constexpr Walk() noexcept {
    unsigned x = 1, y = 0;
    for (unsigned t = 0; t < 24; ++t) {
      const unsigned next_y = (2 * x + 3 * y) % 5;
      turn[t] = static_cast<std::uint8_t>((t + 1) * (t + 2) / 2 % 64);
      x = y;
      y = next_y;
      lane[t] = static_cast<std::uint8_t>(x + 5 * y);
    }
  }
};
constexpr Walk kWalk;

void theta(std::uint64_t* a) noexcept {
  std::uint64_t parity[5];
  for (unsigned x = 0; x < 5; ++x) parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
  for (unsigned x = 0; x < 5; ++x) {
    const std::uint64_t d = parity[(x + 4) % 5] ^ std::rotl(parity[(x + 1) % 5], 1);
    for (unsigned y = 0; y < 25; y += 5) a[x + y] ^= d;
  }
}

void rho_and_pi(std::uint64_t* a) noexcept {
  std::uint64_t carried = a[1];
  for (unsigned t = 0; t < 24; ++t) {
    const std::uint64_t here = a[kWalk.lane[t]];
    a[kWalk.lane[t]] = std::rotl(carried, kWalk.turn[t]);
    carried = here;
  }
}

void chi(std::uint64_t* a) noexcept {
  for (unsigned y = 0; y < 25; y += 5) {
    const std::uint64_t row[5] = {a[y], a[y + 1], a[y + 2], a[y + 3], a[y + 4]};
    for (unsigned x = 0; x < 5; ++x) a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
  }
}

}  // namespace

void Keccak::permute() noexcept {
  for (const std::uint64_t constant : kRoundConstants.at) {
    theta(lanes_);
    rho_and_pi(lanes_);
    chi(lanes_);
    lanes_[0] ^= constant;
  }
  at_ = 0;
}

// Octets fill a lane from its low end (FIPS 202 §B.1).
void Keccak::add(std::uint8_t octet) noexcept {
  lanes_[at_ / 8] ^= std::uint64_t{octet} << 8 * (at_ % 8);
  ++at_;
}

Keccak& Keccak::absorb(Bytes in) noexcept {
  for (const std::uint8_t octet : in) {
    add(octet);
    if (at_ == kind_.rate) permute();
  }
  return *this;
}

void Keccak::squeeze(MutBytes out) noexcept {
  if (!squeezing_) {  // §5.1: the padding
    squeezing_ = true;
    add(kind_.suffix);
    at_ = kind_.rate - 1;
    add(0x80);
    permute();
  }
  for (std::uint8_t& octet : out) {
    if (at_ == kind_.rate) permute();
    octet = static_cast<std::uint8_t>(lanes_[at_ / 8] >> 8 * (at_ % 8));
    ++at_;
  }
}

}  // namespace sshauth
