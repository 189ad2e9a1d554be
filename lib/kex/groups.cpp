#include "lib/kex/groups.hpp"

namespace sshauth {
namespace {

std::uint32_t bits_of(Bytes number) noexcept {  // without leading zeros
  if (number.empty()) return 0;
  std::uint32_t bits = static_cast<std::uint32_t>(number.size()) * 8;
  for (unsigned top = number[0]; (top & 0x80) == 0; top <<= 1) --bits;
  return bits;
}

// 1 < g < p-1, for an odd p and both without leading zeros.
bool generator_in_range(Bytes g, Bytes p) noexcept {
  if (g.empty() || (g.size() == 1 && g[0] == 1)) return false;
  if (g.size() != p.size()) return g.size() < p.size();
  const int order = std::memcmp(g.data(), p.data(), p.size() - 1);
  const std::uint8_t last_g = g[g.size() - 1];
  const std::uint8_t last_p = p[p.size() - 1];
  return order != 0 ? order < 0 : last_g + 1 < last_p;
}

Errc refuse(KexRun& run, std::string_view why) noexcept {
  run.why.clear();
  run.why << why;
  return Errc::bad_group;
}

Errc refuse_bits(KexRun& run, std::uint32_t bits) noexcept {
  run.why.clear();
  run.why << "the server gave a Diffie-Hellman group of " << std::uint64_t{bits} << " bits; "
          << std::uint64_t{run.wishes.least} << " to " << std::uint64_t{run.wishes.most}
          << " were asked for";
  return Errc::bad_group;
}

// RFC 4419 §3: p is a safe prime, of the length that was asked for; §6.2: g generates a large
// subgroup, which in a safe prime's group all but 1 and p-1 do.
Errc check_group(KexRun& run, const GexGroup& in) noexcept {
  const std::uint32_t bits = bits_of(in.p);
  if (bits < run.wishes.least || bits > run.wishes.most || bits > kMaxGroupBits)
    return refuse_bits(run, bits);
  if ((in.p[in.p.size() - 1] & 1) == 0)
    return refuse(run, "the server gave a Diffie-Hellman group whose p is even");
  if (!generator_in_range(in.g, in.p))
    return refuse(run, "the server gave a Diffie-Hellman group whose g is not between 1 and p-1");
  return Errc::ok;
}

Errc keep_group(KexRun& run, const GexGroup& group) noexcept {
  Writer kept(run.memory.subspan(run.kept_len));
  kept.mpint(group.p).mpint(group.g);
  run.kept_len += kept.len();
  return kept.ok() ? Errc::ok : Errc::internal;
}

// From here on the agreement works in the group.
Errc enter(KexRun& run, const GexGroup& in) noexcept {
  const GroupAlg* alg = find(groups(*run.provider), run.method->agreement);
  if (alg == nullptr) return Errc::internal;
  SSHAUTH_TRY(run.use(&alg->agreement));
  switch (alg->set(run.agreement_ctx.data(), in.p.data(), in.p.size(), in.g.data(), in.g.size())) {
    case IPWORKSAUTH_GROUP_TAKEN: return keep_group(run, in);
    case IPWORKSAUTH_GROUP_NOT_PRIME:
      return refuse(run, "the server gave a Diffie-Hellman group whose p is not a prime");
    case IPWORKSAUTH_GROUP_NOT_SAFE:
      return refuse(run,
                    "the server gave a Diffie-Hellman group whose p is not a safe prime: (p-1)/2 "
                    "is not prime");
    default: return Errc::provider_failed;
  }
}

void keep_request(KexRun& run, const GexRequest& request) noexcept {
  Writer kept(run.memory);
  if (request.old)
    kept.u32(request.preferred);
  else
    kept.u32(request.least).u32(request.preferred).u32(request.most);
  run.kept_len = kept.len();
}

}  // namespace

bool groups_served(const Provider& provider, const KexMethod& method) noexcept {
  return find(groups(provider), method.agreement) != nullptr;
}

void ask_for_group(KexRun& run, Writer& w, Msg request) noexcept {
  const GroupWishes& wishes = run.wishes;
  const GexRequest out{wishes.least, wishes.preferred, wishes.most, wishes.old_request};
  encode(w, out, request);
  keep_request(run, out);
}

Errc take_group(KexRun& run, Bytes payload, Msg group) noexcept {
  GexGroup in;
  SSHAUTH_TRY(decode(payload, in, group));
  SSHAUTH_TRY(check_group(run, in));
  return enter(run, in);
}

Errc give_group(KexRun& run, Bytes payload, Writer& w, Msg request, Msg group) noexcept {
  GexRequest in;
  SSHAUTH_TRY(decode(payload, in, request));
  const GroupAlg* alg = find(groups(*run.provider), run.method->agreement);
  if (alg == nullptr) return Errc::internal;
  std::uint8_t p[kMaxGroupBits / 8];
  std::uint8_t g[kMaxGroupBits / 8];
  std::size_t p_len = sizeof p;
  std::size_t g_len = sizeof g;
  const bool right = in.least <= in.preferred && in.preferred <= in.most;
  if (!right || alg->pick(in.least, in.preferred, in.most, p, &p_len, g, &g_len) != 1) {
    run.why.clear();
    run.why << "the client asked for a Diffie-Hellman group of " << std::uint64_t{in.least}
            << " to " << std::uint64_t{in.most} << " bits, " << std::uint64_t{in.preferred}
            << " at best; there is none";
    return Errc::bad_group;
  }
  const GexGroup out{{p, p_len}, {g, g_len}};
  encode(w, out, group);
  keep_request(run, in);
  return enter(run, out);
}

}  // namespace sshauth
