// The binary packet protocol (RFC 4253 §6) against forged packets: every construction with real
// ciphers and MACs, from every provider. Forging is done with the right keys, so that only the rule
// under test can refuse.
#include <catch2/catch.hpp>

#include <array>
#include <set>

#include "lib/crypto/providers.hpp"
#include "tests/core/scenes.hpp"

using namespace sshauth;
using namespace sshauth::test;
using namespace std::string_literals;

namespace {

struct Named {
  std::string name;
  const Provider* provider;
  Suite suite;  // no cipher: plain
};

std::vector<Named> all_suites() {
  std::vector<Named> out = {{"plain", &openssl_provider(), {}}};
  std::set<std::pair<const CipherAlg*, const MacAlg*>> seen;  // providers share rows
  for (const Provider* p : {&openssl_provider(), &sodium_provider(), &fastest_provider()}) {
    for (const CipherAlg* cipher : ciphers(*p)) {
      const std::string name = std::string(p->name) + " " + cipher->name;
      if (!needs_mac(*cipher)) {
        if (seen.emplace(cipher, nullptr).second)
          out.push_back({name, p, {cipher, nullptr, nullptr}});
        continue;
      }
      for (const MacAlg* mac : macs(*p))
        if (seen.emplace(cipher, mac).second)
          out.push_back({name + " " + mac->name, p, {cipher, mac, nullptr}});
    }
  }
  return out;
}

// One direction with its keys, which are the same for every link of a suite.
class Link {
 public:
  explicit Link(const Named& named, bool encrypt)
      : cipher_(1 + largest_ctx(ciphers(*named.provider)) / sizeof(std::max_align_t)),
        mac_(1 + largest_ctx(macs(*named.provider)) / sizeof(std::max_align_t)) {
    keys.cipher_ctx = memory_of(cipher_);
    keys.mac_ctx = memory_of(mac_);
    if (named.suite.cipher == nullptr) return;
    const Octets key(64, 0x11), iv(64, 0x22), mac_key(64, 0x33);
    REQUIRE(keys.start(named.suite, encrypt, key, iv, mac_key));
  }
  ~Link() { keys.wipe(); }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  Protection keys;

 private:
  static MutBytes memory_of(std::vector<std::max_align_t>& memory) {
    return {reinterpret_cast<std::uint8_t*>(memory.data()),
            memory.size() * sizeof(std::max_align_t)};
  }
  std::vector<std::max_align_t> cipher_, mac_;
};

class Receiver {
 public:
  explicit Receiver(const Named& named) : link_(named, false), memory_(40'000) {
    in_.set_memory(memory_);
    reader_.start(in_, PacketReader::kMaxLength, {});
    if (named.suite.cipher != nullptr) reader_.use(link_.keys);
  }
  OpenResult take(Bytes octets) {
    OpenResult r = reader_.next();
    while (!octets.empty()) {
      const std::size_t used = in_.feed(octets);
      octets = octets.subspan(used);
      if (r = reader_.next(); r.kind != Opened::need_more || used == 0) break;
    }
    return r;
  }

 private:
  Link link_;
  Octets memory_;
  InBuffer in_;
  PacketReader reader_;
};

// A packet under the right keys with these fields, whatever they are; `body` octets follow
// padding_length.
Octets forge(const Named& named, std::uint32_t seq, std::uint32_t length, std::uint8_t padding,
             std::size_t body) {
  Link link(named, true);
  const std::size_t tag = link.keys.tag_len();
  Octets out(5 + body + tag, 0x5a);
  store_u32(out.data(), length);
  out[4] = padding;
  REQUIRE(link.keys.how->seal(link.keys, seq, MutBytes(out).first(5 + body),
                              MutBytes(out).last(tag)) == Errc::ok);
  return out;
}

std::size_t counted(const Named& named, std::uint32_t length) {
  const bool with_length =
      named.suite.cipher == nullptr || (named.suite.mac != nullptr && named.suite.mac->etm == 0);
  return std::size_t{length} + (with_length ? 4 : 0);
}
std::size_t block_of(const Named& named) {
  return named.suite.cipher != nullptr ? named.suite.cipher->block_len : 8;
}
// Encrypt-and-MAC and ChaCha20-Poly1305 hide the length, so a wrong one must look like a wrong MAC.
bool hides_length(const Named& named) {
  if (named.suite.cipher == nullptr) return false;
  return named.suite.cipher->kind == IPWORKSAUTH_CIPHER_CHACHAPOLY ||
         (named.suite.mac != nullptr && named.suite.mac->etm == 0);
}

// And with a cipher in CBC mode the failure itself must not tell when it was known.
bool fails_late(const Named& named) {
  return hides_length(named) && named.suite.cipher->kind == IPWORKSAUTH_CIPHER_CBC;
}

// An honest packet whose payload is `len` octets.
Octets honest(const Named& named, std::uint32_t seq, std::size_t len) {
  std::size_t padding = 4;
  while (counted(named, static_cast<std::uint32_t>(1 + len + padding)) % block_of(named) != 0)
    ++padding;
  return forge(named, seq, static_cast<std::uint32_t>(1 + len + padding),
               static_cast<std::uint8_t>(padding), len + padding);
}

std::string word(const OpenResult& r) {
  if (r.kind == Opened::packet) return "packet";
  return r.kind == Opened::need_more ? "need_more" : std::string(error_row(r.why).name);
}

}  // namespace

TEST_CASE("packets: a length is refused before anything behind it is looked at") {
  for (const Named& named : all_suites()) {
    std::vector<std::uint32_t> lengths;
    for (std::uint32_t n = 0; n <= 70; ++n) lengths.push_back(n);
    for (const std::uint32_t n :
         {34'980U, 34'992U, 34'996U, 34'999U, 35'000U, 35'001U, 35'004U, 35'008U, 0x7fffffffU,
          0x80000000U, 0xfffffff0U, 0xfffffffcU, 0xffffffffU})
      lengths.push_back(n);
    for (const std::uint32_t n : lengths) {
      Receiver receiver(named);
      // Enough for any head, and whole blocks are enciphered.
      const Octets packet = forge(named, 0, n, 4, counted(named, 0) == 4 ? 91 : 95);
      const std::size_t head =
          named.suite.cipher != nullptr && hides_length(named) && named.suite.mac != nullptr
              ? block_of(named)
              : 4;
      const bool fits = n >= 5 && n <= 35'000 && counted(named, n) % block_of(named) == 0;
      INFO(named.name << ", packet_length " << n);
      const char* expected = fits || fails_late(named) ? "need_more"
                             : hides_length(named)     ? "bad_mac"
                                                       : "bad_length";
      CHECK(word(receiver.take(Bytes(packet).first(head))) == expected);
    }
  }
}

TEST_CASE(
    "packets: honest ones of every payload length are opened, in one piece and in single octets") {
  for (const Named& named : all_suites()) {
    constexpr std::size_t kLens[] = {1,  2,  3,  4,  5,  6,   7,   8,   9,    10,     11,    12,
                                     13, 14, 15, 16, 17, 100, 255, 256, 1000, 32'768, 34'900};
    for (const std::size_t len : kLens) {
      const Octets packet = honest(named, 0, len);
      INFO(named.name << ", payload " << len);
      Receiver whole(named);
      const OpenResult r = whole.take(packet);
      REQUIRE(word(r) == "packet");
      CHECK(r.payload.size() == len);
      CHECK(r.payload[len - 1] == 0x5a);
      if (len > 300) continue;
      Receiver cut(named);
      for (std::size_t i = 0; i + 1 < packet.size(); ++i)
        REQUIRE(word(cut.take(Bytes(packet).subspan(i, 1))) == "need_more");
      CHECK(word(cut.take(Bytes(packet).last(1))) == "packet");
    }
  }
}

TEST_CASE("packets: padding is at least 4 octets and leaves a payload") {
  for (const Named& named : all_suites()) {
    const std::size_t len = named.suite.cipher == nullptr || counted(named, 0) == 4 ? 60 : 64;
    for (unsigned padding = 0; padding < 256; ++padding) {
      const Octets packet = forge(named, 0, static_cast<std::uint32_t>(len),
                                  static_cast<std::uint8_t>(padding), len - 1);
      Receiver receiver(named);
      const OpenResult r = receiver.take(packet);
      const bool fits = padding >= 4 && padding + 1 < len;
      INFO(named.name << ", padding " << padding);
      // Before the keys it is a malformed packet; under them everything behind the tag is one
      // error.
      CHECK(word(r) == (fits ? "packet" : named.suite.cipher == nullptr ? "malformed" : "bad_mac"));
      if (fits) CHECK(r.payload.size() == len - 1 - padding);
    }
  }
}

TEST_CASE("packets: no flipped bit goes unnoticed, and a tag's is bad_mac") {
  const Octets more(36'000, 0);  // whatever length the flip makes up, it is there
  for (const Named& named : all_suites()) {
    if (named.suite.cipher == nullptr) continue;
    const Octets packet = honest(named, 0, 20);
    const std::size_t tag =
        named.suite.mac != nullptr ? named.suite.mac->tag_len : named.suite.cipher->tag_len;
    // The longest packet's worth of work is done for each (see below): not for every bit.
    const std::size_t step = fails_late(named) ? 7 : 1;
    for (std::size_t bit = 0; bit < packet.size() * 8; bit += step) {
      Octets flipped = packet;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      flipped.insert(flipped.end(), more.begin(), more.end());
      Receiver receiver(named);
      const std::string result = word(receiver.take(flipped));
      INFO(named.name << ", bit " << bit << " of " << packet.size() * 8);
      const bool of_clear_length = bit < 32 && !hides_length(named);
      if (!of_clear_length || result != "bad_length") CHECK(result == "bad_mac");
      if (bit / 8 >= packet.size() - tag) CHECK(result == "bad_mac");
    }
  }
}

namespace {

// How many octets behind each other a receiver takes before it fails, and how; 0: it did not.
std::pair<std::size_t, std::string> fails_after(const Named& named, const Octets& octets,
                                                std::size_t piece) {
  Receiver receiver(named);
  for (std::size_t at = 0; at < octets.size(); at += piece) {
    const std::size_t len = std::min(piece, octets.size() - at);
    const OpenResult r = receiver.take(Bytes(octets).subspan(at, len));
    if (r.kind != Opened::need_more) return {at + len, word(r)};
  }
  return {0, "need_more"};
}

}  // namespace

// CVE-2008-5161: an attacker puts some block of ciphertext where a packet begins, then octets of
// any kind, and looks when and how the connection fails. Whatever that block deciphers to, and
// whatever follows, it must be the same.
TEST_CASE("packets: with CBC and no -etm MAC every failure comes after the same octets") {
  for (const Named& named : all_suites()) {
    if (!fails_late(named)) continue;
    const std::size_t block = block_of(named);
    const std::size_t all = 35'004 / block * block + named.suite.mac->tag_len;
    const auto check = [&](Octets octets, std::size_t len) {
      octets.resize(len, 0x77);
      INFO(named.name << ", first block " << octets.size());
      REQUIRE(fails_after(named, octets, octets.size()) == std::pair{octets.size(), "bad_mac"s});
      octets.resize(all - 1);
      REQUIRE(fails_after(named, octets, octets.size()).first == 0);
      octets.resize(all, 0x77);
      REQUIRE(fails_after(named, octets, 1009) == std::pair{all, "bad_mac"s});
    };
    for (const std::uint32_t length : {0U, 4U, 5U, 12U, 28U, 13U, 1000U, 1004U, 34'988U, 34'996U,
                                       35'000U, 35'004U, 35'005U, 0x7fffffffU, 0xffffffffU}) {
      Octets forged = forge(named, 0, length, 4, 91);
      forged.back() ^= 1;  // of the tag, where the length is that of the packet
      check(forged, 36'000);
    }
    for (std::size_t bit = 0; bit < block * 8; bit += 5) {
      Octets flipped = honest(named, 0, 20);
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      check(flipped, 36'000);
    }
  }
}

namespace {

// What a receiver has done, by calls and octets of its cipher and its MAC.
struct Work {
  std::size_t deciphered = 0, hashed = 0, begun = 0, finished = 0, computed = 0;
  bool operator==(const Work&) const = default;
};
Work work;
const CipherAlg* counted_cipher = nullptr;
const MacAlg* counted_mac = nullptr;

// Rows that count, and pass on to a real one.
CipherAlg counting(const CipherAlg& real) {
  counted_cipher = &real;
  CipherAlg out = real;
  out.crypt = [](void* ctx, std::uint8_t* data, std::size_t len) {
    work.deciphered += len;
    return counted_cipher->crypt(ctx, data, len);
  };
  return out;
}
MacAlg counting(const MacAlg& real) {
  counted_mac = &real;
  MacAlg out = real;
  out.compute = [](void* ctx, std::uint32_t seq, const std::uint8_t* data, std::size_t len,
                   std::uint8_t* tag) {
    ++work.computed;
    return counted_mac->compute(ctx, seq, data, len, tag);
  };
  out.begin = [](void* ctx, std::uint32_t seq) {
    ++work.begun;
    return counted_mac->begin(ctx, seq);
  };
  out.update = [](void* ctx, const std::uint8_t* data, std::size_t len) {
    work.hashed += len;
    return counted_mac->update(ctx, data, len);
  };
  out.finish = [](void* ctx, std::uint8_t* tag) {
    ++work.finished;
    return counted_mac->finish(ctx, tag);
  };
  return out;
}

// The work that each piece of `octets` makes, one behind the other; the last of them fails.
std::vector<Work> work_of(const Named& named, const Octets& octets, std::size_t piece) {
  std::vector<Work> out;
  Receiver receiver(named);
  for (std::size_t at = 0; at < octets.size(); at += piece) {
    work = {};
    const std::size_t len = std::min(piece, octets.size() - at);
    const OpenResult r = receiver.take(Bytes(octets).subspan(at, len));
    REQUIRE((r.kind == Opened::need_more) == (at + len < octets.size()));
    out.push_back(work);
  }
  return out;
}

}  // namespace

// Nor must the time between the last octet and the failure tell where the packet would have ended:
// each octet costs what it costs, and one MAC is ended, and another begun, somewhere on the way.
TEST_CASE(
    "packets: with CBC and no -etm MAC every octet makes the same work, whatever the length") {
  for (const Named& real : all_suites()) {
    if (!fails_late(real)) continue;
    const CipherAlg cipher = counting(*real.suite.cipher);
    const MacAlg mac = counting(*real.suite.mac);
    const Named named{real.name, real.provider, {&cipher, &mac, nullptr}};
    const std::size_t all = 35'004 / block_of(named) * block_of(named) + mac.tag_len;
    for (const std::size_t piece : {std::size_t{36'000}, std::size_t{1009}}) {
      std::vector<std::size_t> octets_of_each;
      for (const std::uint32_t length :
           {0U, 12U, 28U, 1004U, 1020U, 17'500U, 34'988U, 34'996U, 35'001U, 0xffffffffU}) {
        Octets forged = forge(named, 0, length, 4, 91);
        forged.back() ^= 1;
        forged.resize(all, 0x77);
        std::vector<std::size_t> octets;
        Work sum;
        for (const Work& each : work_of(named, forged, piece)) {
          CHECK(each.deciphered >= each.hashed);
          octets.push_back(each.hashed);
          sum.deciphered += each.deciphered;
          sum.hashed += each.hashed;
          sum.begun += each.begun;
          sum.finished += each.finished;
          sum.computed += each.computed;
        }
        INFO(named.name << ", packet_length " << length << ", pieces of " << piece);
        CHECK(sum == Work{all - mac.tag_len, all - mac.tag_len, 2, 2, 0});
        if (octets_of_each.empty()) octets_of_each = octets;
        CHECK(octets == octets_of_each);
      }
    }
  }
}

// With a stream cipher the length is the sender's own, whoever that is, and tells of nothing else.
TEST_CASE("packets: with a stream cipher a wrong length fails at once") {
  for (const Named& named : all_suites())
    if (hides_length(named) && !fails_late(named))
      CHECK(fails_after(named, forge(named, 0, 35'001, 4, 91), 1).second == "bad_mac");
}

TEST_CASE("packets: truncated ones wait, and what follows one is not part of it") {
  for (const Named& named : all_suites()) {
    const Octets packet = honest(named, 0, 33);
    for (std::size_t len = 0; len < packet.size(); ++len) {
      Receiver receiver(named);
      CHECK(word(receiver.take(Bytes(packet).first(len))) == "need_more");
    }
    Octets extended = packet;
    extended.push_back(0);
    Receiver receiver(named);
    CHECK(word(receiver.take(extended)) == "packet");
    CHECK(word(receiver.take({})) == "need_more");
  }
}

// RFC 4253 §6.4: the sequence number is in the MAC, so nothing can be left out, repeated or moved.
TEST_CASE(
    "packets: left out, repeated or out of turn they fail, and a failed reader stays failed") {
  for (const Named& named : all_suites()) {
    if (named.suite.cipher == nullptr) continue;
    const Octets first = honest(named, 0, 20);
    Octets twice = first;
    twice.insert(twice.end(), first.begin(), first.end());
    INFO(named.name);
    Receiver repeated(named);
    CHECK(word(repeated.take(twice)) == "packet");
    Receiver again(named);
    CHECK(word(again.take(first)) == "packet");
    const std::string second = word(again.take(first));
    CHECK((second == "bad_mac" || second == "need_more"));  // a length that came out otherwise, CBC
    Receiver skipped(named);
    if (named.suite.cipher->kind == IPWORKSAUTH_CIPHER_GCM) continue;  // its counter is its own
    const Octets later = honest(named, 1, 20);
    Octets padded = later;
    padded.resize(36'000);
    CHECK(word(skipped.take(padded)) == "bad_mac");
    CHECK(word(skipped.take(first)) == "bad_mac");
  }
}

// What an engine makes of it before the first keys.
TEST_CASE("packets: the engine's error says which rule was broken, and one DISCONNECT leaves") {
  const auto outcome_of = [](bool client, const Octets& octets) {
    const auto set = client ? client_at("", Layer::awaiting_kexinit, true, {meet}).set()
                            : server_at("", Layer::awaiting_kexinit, true, {meet}).set();
    set->duel->outcome();
    set->duel->peer.raw(Bytes(octets));
    set->duel->carry();
    return set->duel->outcome();
  };
  const Named plain{"plain", &openssl_provider(), {}};
  for (const bool client : {true, false}) {
    for (const std::uint32_t n :
         {0U, 1U, 2U, 3U, 4U, 5U, 11U, 13U, 34'997U, 35'001U, 35'004U, 0xffffffffU})
      CHECK(outcome_of(client, forge(plain, 0, n, 4, 11)) == "says-1 ends:bad_length");
    for (const std::uint8_t padding :
         {std::uint8_t{0}, std::uint8_t{3}, std::uint8_t{11}, std::uint8_t{12}, std::uint8_t{255}})
      CHECK(outcome_of(client, forge(plain, 0, 12, padding, 11)) == "says-1 ends:malformed");
    CHECK(outcome_of(client, forge(plain, 0, 34'996, 4, 40)) == "nothing");
  }
}

TEST_CASE("packets: a peer that goes away inside one is a lost connection") {
  for (const bool client : {true, false}) {
    for (const Scene& s : client ? client_scenes(true) : server_scenes(true)) {
      const auto set = s.set();
      Duel& d = *set->duel;
      d.outcome();
      d.peer.say(Ignore{as_bytes("chaff")});
      Octets cut = d.peer.take();
      cut.resize(cut.size() - 1);
      if (s.layer != Layer::identification) d.subject.hear(cut);
      CHECK(ipworksauth_engine_receive_end(d.subject.engine()) == 0);
      d.carry();
      INFO(s.name);
      CHECK(d.outcome() == "ends:connection_lost");
    }
  }
}
