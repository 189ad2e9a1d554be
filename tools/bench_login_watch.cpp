#include "tools/bench_login_watch.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace sshauth {
namespace {

constexpr std::size_t kMaxRows = 24;  // of one kind in one provider

Watch watches[2];

WatchOctets copy(const std::uint8_t* at, std::size_t len) { return {at, at + len}; }

// One call that passes: counted, perhaps made to fail, perhaps logged.
template <class Make>
int pass(Watch& w, WatchedCall call, const Make& make) {
  ++w.calls;
  const bool fails = w.calls == w.fail_at;
  if (fails) {
    w.failed = true;
    w.failed_what = call.what;
    if (!w.fail_after) return w.fail_with;
  }
  const int result = make();
  if (w.log != nullptr && result == 1) w.log->push_back(std::move(call));
  return fails ? w.fail_with : result;
}

void started(Watch& w, const void* context) {
  if (!w.living.insert(context).second) w.started_twice = true;
}

void agreed(Watch& w, const std::uint8_t* secret, std::size_t len) {
  w.secrets.push_back(copy(secret, len));
  w.shared_secrets.push_back(copy(secret, len));
}

void wiped(Watch& w, const void* row, const void* context) {
  w.living.erase(context);
  if (w.log != nullptr) w.log->push_back({Watched::wipe, row, context, 0, {}});
}

// Rows are functions without an object, so each slot and each row has functions of its own.

template <unsigned kSlot, std::size_t kRow>
struct HashTap {
  static inline const HashAlg* of = nullptr;
  static int init(void* ctx) {
    return pass(watches[kSlot], {Watched::hash_init, of, ctx, 0, {}}, [&] {
      const int result = of->init(ctx);
      if (result == 1) started(watches[kSlot], ctx);
      return result;
    });
  }
  static int update(void* ctx, const std::uint8_t* in, std::size_t len) {
    return pass(watches[kSlot], {Watched::hash_update, of, ctx, 0, {{copy(in, len)}}},
                [&] { return of->update(ctx, in, len); });
  }
  static int finish(void* ctx, std::uint8_t* hash) {
    return pass(watches[kSlot], {Watched::hash_finish, of, ctx, 0, {}},
                [&] { return of->finish(ctx, hash); });
  }
  static void wipe(void* ctx) {
    of->wipe(ctx);
    wiped(watches[kSlot], of, ctx);
  }
  static HashAlg tap(const HashAlg& row) {
    of = &row;
    return {row.name, row.hash_len, row.ctx_len, init, update, finish, wipe};
  }
};

template <unsigned kSlot, std::size_t kRow>
struct CipherTap {
  static inline const CipherAlg* of = nullptr;
  static int init(void* ctx, int encrypt, const std::uint8_t* key, const std::uint8_t* iv) {
    watches[kSlot].secrets.push_back(copy(key, of->key_len));
    return pass(watches[kSlot],
                {Watched::cipher_init,
                 of,
                 ctx,
                 static_cast<std::uint32_t>(encrypt),
                 {{copy(key, of->key_len), copy(iv, of->iv_len)}}},
                [&] {
                  const int result = of->init(ctx, encrypt, key, iv);
                  if (result == 1) started(watches[kSlot], ctx);
                  return result;
                });
  }
  static int crypt(void* ctx, std::uint8_t* data, std::size_t len) {
    return pass(watches[kSlot], {Watched::cipher_crypt, of, ctx, 0, {{copy(data, len)}}},
                [&] { return of->crypt(ctx, data, len); });
  }
  static int read_length(void* ctx, std::uint32_t seq, const std::uint8_t* head,
                         std::uint8_t* length) {
    return pass(watches[kSlot], {Watched::cipher_read_length, of, ctx, seq, {{copy(head, 4)}}},
                [&] { return of->read_length(ctx, seq, head, length); });
  }
  static int seal(void* ctx, std::uint32_t seq, std::uint8_t* packet, std::size_t len,
                  std::uint8_t* tag) {
    return pass(watches[kSlot], {Watched::cipher_seal, of, ctx, seq, {{copy(packet, len)}}},
                [&] { return of->seal(ctx, seq, packet, len, tag); });
  }
  static int open(void* ctx, std::uint32_t seq, std::uint8_t* packet, std::size_t len,
                  const std::uint8_t* tag) {
    return pass(watches[kSlot],
                {Watched::cipher_open, of, ctx, seq, {{copy(packet, len), copy(tag, of->tag_len)}}},
                [&] { return of->open(ctx, seq, packet, len, tag); });
  }
  static void wipe(void* ctx) {
    of->wipe(ctx);
    wiped(watches[kSlot], of, ctx);
  }
  static CipherAlg tap(const CipherAlg& row) {
    of = &row;
    return {row.name,
            row.kind,
            row.weak,
            row.key_len,
            row.iv_len,
            row.block_len,
            row.tag_len,
            row.ctx_len,
            init,
            row.crypt != nullptr ? crypt : nullptr,
            row.read_length != nullptr ? read_length : nullptr,
            row.seal != nullptr ? seal : nullptr,
            row.open != nullptr ? open : nullptr,
            wipe};
  }
};

template <unsigned kSlot, std::size_t kRow>
struct MacTap {
  static inline const MacAlg* of = nullptr;
  static int init(void* ctx, const std::uint8_t* key) {
    watches[kSlot].secrets.push_back(copy(key, of->key_len));
    return pass(watches[kSlot], {Watched::mac_init, of, ctx, 0, {{copy(key, of->key_len)}}}, [&] {
      const int result = of->init(ctx, key);
      if (result == 1) started(watches[kSlot], ctx);
      return result;
    });
  }
  static int compute(void* ctx, std::uint32_t seq, const std::uint8_t* data, std::size_t len,
                     std::uint8_t* tag) {
    return pass(watches[kSlot], {Watched::mac_compute, of, ctx, seq, {{copy(data, len)}}},
                [&] { return of->compute(ctx, seq, data, len, tag); });
  }
  static void wipe(void* ctx) {
    of->wipe(ctx);
    wiped(watches[kSlot], of, ctx);
  }
  static MacAlg tap(const MacAlg& row) {
    of = &row;
    // In steps it is asked for by ciphers in CBC mode, which no login that is measured has.
    return {row.name, row.etm, row.weak, row.key_len, row.tag_len, row.ctx_len,
            init,     compute, wipe,     row.begin,   row.update,  row.finish};
  }
};

template <unsigned kSlot, std::size_t kRow>
struct AgreementTap {
  static inline const AgreementAlg* of = nullptr;
  // What a row asks of the rng is part of its own call: only one of them is made again.
  static int init(void* ctx, const Rng* rng, std::uint8_t* value, std::size_t* value_len) {
    return pass(watches[kSlot], {Watched::agreement_init, of, ctx, 0, {}}, [&] {
      auto* const log = std::exchange(watches[kSlot].log, nullptr);
      const int result = of->init(ctx, rng, value, value_len);
      watches[kSlot].log = log;
      if (result == 1) started(watches[kSlot], ctx);
      return result;
    });
  }
  static int respond(void* ctx, const Rng* rng, const std::uint8_t* peer, std::size_t peer_len,
                     std::uint8_t* value, std::size_t* value_len, std::uint8_t* secret,
                     std::size_t* secret_len) {
    return pass(watches[kSlot], {Watched::agreement_respond, of, ctx, 0, {{copy(peer, peer_len)}}},
                [&] {
                  auto* const log = std::exchange(watches[kSlot].log, nullptr);
                  const int result =
                      of->respond(ctx, rng, peer, peer_len, value, value_len, secret, secret_len);
                  watches[kSlot].log = log;
                  if (result == 1) agreed(watches[kSlot], secret, *secret_len);
                  return result;
                });
  }
  static int finish(void* ctx, const std::uint8_t* peer, std::size_t peer_len, std::uint8_t* secret,
                    std::size_t* secret_len) {
    return pass(watches[kSlot], {Watched::agreement_finish, of, ctx, 0, {{copy(peer, peer_len)}}},
                [&] {
                  const int result = of->finish(ctx, peer, peer_len, secret, secret_len);
                  if (result == 1) agreed(watches[kSlot], secret, *secret_len);
                  return result;
                });
  }
  static void wipe(void* ctx) {
    of->wipe(ctx);
    wiped(watches[kSlot], of, ctx);
  }
  static AgreementAlg tap(const AgreementAlg& row) {
    of = &row;
    return {row.name, row.init_len, row.reply_len, row.secret_len, row.ctx_len, init,
            respond,  finish,       wipe};
  }
};

// A group's agreement is one row more than there are of agreements.
template <unsigned kSlot, std::size_t kRow>
struct GroupTap {
  using Agreement = AgreementTap<kSlot, kMaxRows + kRow>;
  static inline const GroupAlg* of = nullptr;
  static int set(void* ctx, const std::uint8_t* p, std::size_t p_len, const std::uint8_t* g,
                 std::size_t g_len) {
    return pass(watches[kSlot],
                {Watched::group_set, of, ctx, 0, {{copy(p, p_len), copy(g, g_len)}}},
                [&] { return of->set(ctx, p, p_len, g, g_len); });
  }
  static GroupAlg tap(const GroupAlg& row) {
    of = &row;
    return {row.name, row.pick, set, Agreement::tap(row.agreement)};
  }
};

template <unsigned kSlot, std::size_t kRow>
struct SigTap {
  static inline const SigAlg* of = nullptr;
  static int verify(const ipworksauth_public_key* key, const std::uint8_t* message, std::size_t len,
                    const std::uint8_t* signature, std::size_t signature_len) {
    return pass(watches[kSlot],
                {Watched::verify,
                 of,
                 nullptr,
                 0,
                 {{copy(key->first, key->first_len), copy(key->second, key->second_len),
                   copy(message, len), copy(signature, signature_len)}}},
                [&] { return of->verify(key, message, len, signature, signature_len); });
  }
  static int sign(const ipworksauth_private_key* key, const Rng* rng, const std::uint8_t* message,
                  std::size_t len, std::uint8_t* signature, std::size_t* signature_len) {
    watches[kSlot].secrets.push_back(copy(key->d, key->d_len));
    WatchedCall call{Watched::sign, of, nullptr, 0, {}};
    call.in = {copy(key->pub.first, key->pub.first_len),
               copy(key->pub.second, key->pub.second_len),
               copy(key->d, key->d_len),
               copy(key->p, key->p_len),
               copy(key->q, key->q_len),
               copy(key->iqmp, key->iqmp_len),
               copy(message, len)};
    return pass(watches[kSlot], std::move(call), [&] {
      auto* const log = std::exchange(watches[kSlot].log, nullptr);
      const int result = of->sign(key, rng, message, len, signature, signature_len);
      watches[kSlot].log = log;
      return result;
    });
  }
  static SigAlg tap(const SigAlg& row) {
    of = &row;
    return {row.name, row.key_type, row.weak, verify, row.sign != nullptr ? sign : nullptr};
  }
};

template <unsigned kSlot, std::size_t kRow>
struct CompressionTap {
  static inline const CompressionAlg* of = nullptr;
  static int init(void* ctx, int compress) {
    return pass(watches[kSlot],
                {Watched::compression_init, of, ctx, static_cast<std::uint32_t>(compress), {}},
                [&] {
                  const int result = of->init(ctx, compress);
                  if (result == 1) started(watches[kSlot], ctx);
                  return result;
                });
  }
  static int run(void* ctx, const std::uint8_t* in, std::size_t len, std::uint8_t* out,
                 std::size_t* out_len) {
    return pass(watches[kSlot], {Watched::compression_run, of, ctx, 0, {{copy(in, len)}}},
                [&] { return of->run(ctx, in, len, out, out_len); });
  }
  static void wipe(void* ctx) {
    of->wipe(ctx);
    wiped(watches[kSlot], of, ctx);
  }
  static CompressionAlg tap(const CompressionAlg& row) {
    of = &row;
    return {row.name, row.delayed, row.ctx_len, init, run, wipe};
  }
};

template <unsigned kSlot>
struct RandomTap {
  static inline Rng of{};
  static int fill(void*, std::uint8_t* out, std::size_t len) {
    WatchedCall call{Watched::random, nullptr, nullptr, 0, {}};
    call.in[0].resize(len);
    return pass(watches[kSlot], std::move(call), [&] { return of.fill(of.self, out, len); });
  }
};

// All rows of one kind, tapped.
template <unsigned kSlot, template <unsigned, std::size_t> class Tap, class Alg>
struct TappedRows {
  std::array<Alg, kMaxRows> rows{};
  std::array<const Alg*, kMaxRows> list{};

  void fill(Rows<Alg> inner) {
    if (inner.size() > kMaxRows) throw std::length_error("kMaxRows is too small");
    fill_each(inner, std::make_index_sequence<kMaxRows>());
  }
  template <std::size_t... kRow>
  void fill_each(Rows<Alg> inner, std::index_sequence<kRow...>) {
    const auto one = [&](std::size_t i, auto tap) {
      if (i >= inner.size()) return;
      rows[i] = tap(*inner[i]);
      list[i] = &rows[i];
    };
    (one(kRow, Tap<kSlot, kRow>::tap), ...);
  }
};

template <unsigned kSlot>
const Provider& make(const Provider& inner) {
  static TappedRows<kSlot, HashTap, HashAlg> hash;
  static TappedRows<kSlot, CipherTap, CipherAlg> cipher;
  static TappedRows<kSlot, MacTap, MacAlg> mac;
  static TappedRows<kSlot, AgreementTap, AgreementAlg> agreement;
  static TappedRows<kSlot, GroupTap, GroupAlg> group;
  static TappedRows<kSlot, SigTap, SigAlg> sig;
  static TappedRows<kSlot, CompressionTap, CompressionAlg> compression;
  static Provider made{};
  hash.fill(hashes(inner));
  cipher.fill(ciphers(inner));
  mac.fill(macs(inner));
  agreement.fill(agreements(inner));
  group.fill(groups(inner));
  sig.fill(sigs(inner));
  compression.fill(compressions(inner));
  RandomTap<kSlot>::of = inner.rng;
  made = inner;
  made.hashes = hash.list.data();
  made.ciphers = cipher.list.data();
  made.macs = mac.list.data();
  made.agreements = agreement.list.data();
  made.groups = group.list.data();
  made.sigs = sig.list.data();
  made.compressions = compression.list.data();
  made.rng = {nullptr, RandomTap<kSlot>::fill};
  return made;
}

}  // namespace

const Provider& watched_provider(const Provider& inner, unsigned slot) {
  return slot == 0 ? make<0>(inner) : make<1>(inner);
}
Watch& watch(unsigned slot) { return watches[slot & 1]; }

// ---- Replay ----------------------------------------------------------------------------------

namespace {

template <class Alg>
const Alg& as(const void* row) {
  return *static_cast<const Alg*>(row);
}

std::size_t ctx_len(const WatchedCall& call) {
  switch (call.what) {
    case Watched::hash_init: return as<HashAlg>(call.row).ctx_len;
    case Watched::cipher_init: return as<CipherAlg>(call.row).ctx_len;
    case Watched::mac_init: return as<MacAlg>(call.row).ctx_len;
    case Watched::group_set: return as<GroupAlg>(call.row).agreement.ctx_len;
    case Watched::agreement_init:
    case Watched::agreement_respond: return as<AgreementAlg>(call.row).ctx_len;
    case Watched::compression_init: return as<CompressionAlg>(call.row).ctx_len;
    default: return 0;
  }
}

}  // namespace

Replay::Replay(const std::vector<WatchedCall>& log, const Rng& rng)
    : log_(log), rng_(rng), scratch_(80'000), out_(80'000) {
  // A context's place in the engine may serve several rows in turn; room is made for the largest.
  std::map<const void*, std::size_t> room;
  for (const WatchedCall& call : log)
    if (call.context != nullptr) room[call.context] = std::max(room[call.context], ctx_len(call));
  std::map<const void*, std::uint8_t*> at;
  for (const auto& [context, len] : room) {
    memory_.push_back(std::make_unique<std::max_align_t[]>(len / sizeof(std::max_align_t) + 1));
    at[context] = reinterpret_cast<std::uint8_t*>(memory_.back().get());
  }
  for (const WatchedCall& call : log)
    context_.push_back(call.context != nullptr ? at[call.context] : nullptr);
  for (const WatchedCall& call : log) {
    switch (call.what) {
      case Watched::hash_init: wipes_[call.row] = as<HashAlg>(call.row).wipe; break;
      case Watched::cipher_init: wipes_[call.row] = as<CipherAlg>(call.row).wipe; break;
      case Watched::mac_init: wipes_[call.row] = as<MacAlg>(call.row).wipe; break;
      case Watched::agreement_init:
      case Watched::agreement_respond: wipes_[call.row] = as<AgreementAlg>(call.row).wipe; break;
      case Watched::compression_init: wipes_[call.row] = as<CompressionAlg>(call.row).wipe; break;
      default: break;
    }
  }
  for (const WatchedCall& call : log)
    wipe_.push_back(call.what == Watched::wipe ? wipes_[call.row] : nullptr);
}

bool Replay::run() noexcept {
  for (std::size_t i = 0; i < log_.size(); ++i)
    if (!call(i)) return false;
  return true;
}

bool Replay::call(std::size_t i) noexcept {
  const WatchedCall& c = log_[i];
  std::uint8_t* const ctx = context_[i];
  std::uint8_t* const data = scratch_.data();
  std::uint8_t* const out = out_.data();
  std::size_t len = out_.size();
  std::size_t len2 = 2048;
  const WatchOctets& in = c.in[0];
  const auto number = static_cast<int>(c.number);
  switch (c.what) {
    case Watched::hash_init: return as<HashAlg>(c.row).init(ctx) == 1;
    case Watched::hash_update: return as<HashAlg>(c.row).update(ctx, in.data(), in.size()) == 1;
    case Watched::hash_finish: return as<HashAlg>(c.row).finish(ctx, out) == 1;
    case Watched::cipher_init:
      return as<CipherAlg>(c.row).init(ctx, number, in.data(), c.in[1].data()) == 1;
    case Watched::cipher_crypt:
      copy_bytes(data, in);
      return as<CipherAlg>(c.row).crypt(ctx, data, in.size()) == 1;
    case Watched::cipher_read_length:
      return as<CipherAlg>(c.row).read_length(ctx, c.number, in.data(), out) == 1;
    case Watched::cipher_seal:
      copy_bytes(data, in);
      return as<CipherAlg>(c.row).seal(ctx, c.number, data, in.size(), out) == 1;
    case Watched::cipher_open:
      copy_bytes(data, in);
      return as<CipherAlg>(c.row).open(ctx, c.number, data, in.size(), c.in[1].data()) == 1;
    case Watched::mac_init: return as<MacAlg>(c.row).init(ctx, in.data()) == 1;
    case Watched::mac_compute:
      return as<MacAlg>(c.row).compute(ctx, c.number, in.data(), in.size(), out) == 1;
    case Watched::group_set:
      return as<GroupAlg>(c.row).set(ctx, in.data(), in.size(), c.in[1].data(), c.in[1].size()) ==
             IPWORKSAUTH_GROUP_TAKEN;
    case Watched::agreement_init: return as<AgreementAlg>(c.row).init(ctx, &rng_, out, &len2) == 1;
    case Watched::agreement_respond:
      return as<AgreementAlg>(c.row).respond(ctx, &rng_, in.data(), in.size(), out, &len2,
                                             out + 4096, &len) == 1;
    case Watched::agreement_finish:
      return as<AgreementAlg>(c.row).finish(ctx, in.data(), in.size(), out, &len) == 1;
    case Watched::sign: {
      const auto& k = c.in;
      const ipworksauth_private_key key = {
          {k[0].data(), k[0].size(), k[1].data(), k[1].size(), nullptr, 0, nullptr, 0},
          k[2].data(),
          k[2].size(),
          k[3].data(),
          k[3].size(),
          k[4].data(),
          k[4].size(),
          k[5].data(),
          k[5].size()};
      return as<SigAlg>(c.row).sign(&key, &rng_, k[6].data(), k[6].size(), out, &len) == 1;
    }
    case Watched::verify: {
      ipworksauth_public_key key{};
      key.first = in.data(), key.first_len = in.size();
      key.second = c.in[1].data(), key.second_len = c.in[1].size();
      return as<SigAlg>(c.row).verify(&key, c.in[2].data(), c.in[2].size(), c.in[3].data(),
                                      c.in[3].size()) == 1;
    }
    case Watched::compression_init: return as<CompressionAlg>(c.row).init(ctx, number) == 1;
    case Watched::compression_run:
      return as<CompressionAlg>(c.row).run(ctx, in.data(), in.size(), out, &len) == 1;
    case Watched::random: return rng_.fill(rng_.self, out, in.size()) == 1;
    case Watched::wipe:
      if (ctx != nullptr && wipe_[i] != nullptr) wipe_[i](ctx);
      return true;
  }
  return false;
}

}  // namespace sshauth
