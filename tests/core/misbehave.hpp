// Misbehaver: the other side of a connection, in the hands of a test. Told step by step it does
// what an honest peer does, and between any two steps it says whatever the test likes.
//
// It is made of lib/wire, lib/packet and lib/kex alone: nothing of lib/transport, lib/auth or
// lib/engine is in it, so that a rule they have wrong is not wrong here in the same way. It has no
// rules of its own: no gate, no order, no limits.
//
// Subject: the engine that is looked at, behind engine.h. Duel: both, and the octets between them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ipworksauth/engine.h"
#include "lib/kex/key_exchange.hpp"
#include "lib/packet/packet_reader.hpp"
#include "lib/packet/packet_writer.hpp"

namespace sshauth::test {

using Octets = std::vector<std::uint8_t>;

// A message as its payload.
template <class Message, class... Form>
Octets payload_of(const Message& message, Form... form) {
  Octets out(40'000);
  Writer w(out);
  encode(w, message, form...);
  out.resize(w.len());
  return out;
}

// The SSH encoding of an Ed25519 public key whose octets are all `fill`: real enough for a provider
// that verifies nothing.
Octets false_ed25519(std::uint8_t fill);
// An SSH signature whose octets are all 1.
Octets false_signature(std::string_view algorithm);

// How a Misbehaver is; may be changed before the step that it matters for.
struct Ways {
  bool server = true;
  std::string identification = "SSH-2.0-misbehave";
  std::string kex = "curve25519-sha256", host_keys = "ssh-ed25519";
  std::string ciphers = "chacha20-poly1305@openssh.com", macs = "hmac-sha2-256";
  std::string compressions = "none", compressions_s2c;  // "": the same
  GroupWishes groups;                                   // a client's, for group exchange
  bool strict = true, ext_info = true;                  // the markers of the first KEXINIT
  bool follows = false;                                 // first_kex_packet_follows
  Octets host_key = false_ed25519(7);
  const ipworksauth_private_key* private_key = nullptr;  // null: a false signature
  const ipworksauth_gss* gss = nullptr;                  // a server's, for methods by GSSAPI
  bool false_mic = false;                                // and then with a MIC that does not hold
};

class Misbehaver {
 public:
  Misbehaver(const Provider& provider, Ways ways);
  ~Misbehaver();
  Misbehaver(const Misbehaver&) = delete;
  Misbehaver& operator=(const Misbehaver&) = delete;

  Ways ways;

  // ---- what it says
  void raw(std::string_view octets);
  void raw(Bytes octets);
  void say(Bytes payload);  // a packet, under the keys in use
  void say(const Octets& payload) { say(Bytes(payload)); }
  template <class Message>
  void say(const Message& message) {
    say(payload_of(message));
  }
  void identify(std::string_view end = "\r\n");
  void kexinit();
  void kex_init();  // the method's first message
  void kex_reply();
  void group();          // server: the group that their request asks for
  void init_in_group();  // client: the value in the group that they named
  void newkeys();        // and the new keys are used from the next packet on
  Octets make_kexinit();
  Octets make_kex_reply();
  Octets make_mic();
  Octets take();  // what was said and not carried yet
  // Of the packet that is said next.
  std::uint32_t next_seq() const { return writer_.next_seq(); }

  // ---- what it heard
  void hear(Bytes octets);
  std::vector<Octets> heard;  // payloads; cleared by the test as it likes
  std::string their_identification;
  bool follows_heard = false;  // the last KEXINIT's first_kex_packet_follows
  std::string broken;          // why their stream made no sense; "" while it does
  Octets session_id;
  Octets their_kexinit, our_kexinit;

 private:
  struct Keys {
    std::vector<std::max_align_t> cipher, mac;
    Protection protection;
    explicit Keys(const Provider& provider);
    ~Keys() { protection.wipe(); }
  };
  void look_at(Bytes payload);
  void start_hash();
  void choose(std::string_view method);
  void begin_as_server();
  Octets run_method(Bytes payload, KexStep wanted);
  void make_keys();
  void make_direction(std::unique_ptr<Keys>& out, bool encrypt, const char* letters);
  std::string agreed(KexInit::List list) const;

  const Provider& provider_;
  std::vector<std::max_align_t> agreement_ctx_, hash_ctx_, family_;
  Octets in_memory_, out_memory_;
  InBuffer in_;
  PacketReader reader_;
  PacketWriter writer_;
  KeyExchange kex_;
  std::unique_ptr<Keys> in_now_, out_now_, in_next_, out_next_;
  std::string line_;
  bool strict_ = false, first_done_ = false, their_guess_wrong_ = false, method_chosen_ = false;
  Octets their_init_, their_group_;
  std::vector<std::max_align_t> gss_ctx_;
  Octets gss_room_;
  GssContext gss_;
};

class Subject {
 public:
  explicit Subject(const ipworksauth_engine_config& config);
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  ipworksauth_engine* engine() const { return engine_; }
  // Answers a question; false leaves it open. The default accepts host keys, signs falsely, and
  // gives "secret" for passwords and responses.
  std::function<bool(ipworksauth_engine*, const ipworksauth_event&)> answer;
  std::vector<std::string> events;

  void work();
  Octets speak();
  void hear(Bytes octets);
  // The name of the error it ended with ("unexpected_message"), "" while it lives.
  std::string ended() const;
  std::string why() const;  // its sentence
  ipworksauth_engine_facts facts() const;
  std::string text(std::uint32_t which) const;
  bool has(std::string_view event) const;

 private:
  void push();

  std::vector<std::max_align_t> block_;
  ipworksauth_engine* engine_ = nullptr;
  Octets backlog_;  // heard, and not taken yet
};
bool answer_plainly(ipworksauth_engine* e, const ipworksauth_event& ev);

class Duel {
 public:
  Duel(const ipworksauth_engine_config& config, const Provider& provider, Ways ways)
      : subject(config), peer(provider, std::move(ways)) {}

  // Carries octets both ways until both are silent.
  void carry();
  // What came of it since the last call, in words: events that were told, messages that were said
  // (by number), and the error it ended with.
  std::string outcome();

  Subject subject;
  Misbehaver peer;

 private:
  std::size_t events_seen_ = 0;
};

// A configuration with role, provider and, for a server, a false host key.
class Setup {
 public:
  Setup(const Provider& provider, std::uint32_t role);
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;
  ipworksauth_engine_config config{};

 private:
  Octets key_;
  ipworksauth_identity row_{};
};

}  // namespace sshauth::test
