// Transport: RFC 4253 §7-§11, RFC 8308 and strict key exchange, both roles.
//
// It reads identification lines and packets, keeps the gate, exchanges and re-exchanges keys,
// grants or asks for the service "ssh-userauth", and hands the messages of authentication on.
//
//   exchange_   none         no exchange is running
//               sent         our KEXINIT is out, the peer's is awaited
//               await_method  the method's next message is awaited; its family says which
//               await_verdict  client: the host decides about the host key (a question is open)
//               await_sign   server: the host signs the exchange hash (a question is open)
//               await_newkeys  our NEWKEYS is out and our new keys are in use, the peer's is
//               awaited
//
// Always: layer_ leaves p_never only when the first exchange is complete in both directions;
// host_accepted_ is set only by an explicit verdict on a key whose signature was verified, or by
// the proof of a key exchange by GSSAPI; what goes out under a layer goes through AuthChannel,
// which exists only when both keys and verdict do.
#pragma once

#include <optional>

#include "lib/kex/host_key_proof.hpp"
#include "lib/kex/key_exchange.hpp"
#include "lib/packet/identification.hpp"
#include "lib/packet/packet_reader.hpp"
#include "lib/packet/packet_writer.hpp"
#include "lib/transport/gate.hpp"
#include "lib/transport/negotiation.hpp"
#include "lib/transport/trace.hpp"

namespace sshauth {

class Transport;

// The right to send messages of the layers above: our keys are active, and on a client the host key
// was accepted. Only Transport makes one (lesson of CVE-2025-14942: no credential can leave from
// any other state, because without this object there is nothing to write it with).
class AuthChannel {
 public:
  Writer begin() noexcept;
  Errc commit(const Writer& w, PacketWriter::Pad pad = PacketWriter::Pad::least) noexcept;
  // Wipes what was begun and is not to be sent.
  void abandon() noexcept;
  template <class Message>
  Errc send(const Message& message) noexcept {
    Writer w = begin();
    encode(w, message);
    return commit(w);
  }

 private:
  friend class Transport;
  explicit AuthChannel(Transport& transport) noexcept : transport_(&transport) {}
  Transport* transport_;
};

class Transport {
 public:
  // The memory that this part needs, taken from the arena (or only counted).
  struct Memory {
    MutBytes in, out, deferred, our_kexinit, kex_names, sig_algs, host_key;
    MutBytes agreement_ctx, hash_ctx, kex_family;
    MutBytes cipher_ctx[4], mac_ctx[4];
    MutBytes compression_in, compression_out, inflated, deflated;
    MutBytes trace;
    MutBytes session_gss, rekey_gss, gss_token;
  };
  static void lay_out(const Settings& settings, Arena& arena, Memory& memory) noexcept;

  explicit Transport(Context& context) noexcept : ctx_(context) {}

  // Queues our identification string, and with a guess our KEXINIT and kex init.
  Errc start(const Memory& memory) noexcept;

  // ---- input
  std::size_t feed(Bytes in) noexcept { return in_.feed(in); }
  enum class Got : std::uint8_t {
    need_more,  // nothing whole is here
    progress,   // a line or message was worked on
    message,    // `payload` is a message for authentication
    failed
  };
  Got read(MutBytes& payload) noexcept;
  std::uint32_t last_seq() const noexcept { return reader_.last_seq(); }

  // ---- output
  PacketWriter& writer() noexcept { return writer_; }
  const PacketWriter& writer() const noexcept { return writer_; }
  // Sends a message of the transport itself.
  template <class Message>
  Errc send(const Message& message) noexcept {
    Writer w = writer_.begin();
    encode(w, message);
    return commit(w, PacketWriter::Pad::least);
  }
  // Null while keys are exchanged, before the first NEWKEYS and before the host key is accepted.
  std::optional<AuthChannel> channel() noexcept;

  // ---- answers
  Errc answer_host_key(bool accept) noexcept;
  Errc answer_signature(Bytes signature) noexcept;

  // ---- actions
  Errc start_rekey() noexcept;
  Errc send_ignore(std::size_t len) noexcept;
  Errc send_keepalive() noexcept;
  // Queues SSH_MSG_DISCONNECT, if the peer could read it.
  void send_disconnect(std::uint32_t reason, std::string_view text) noexcept;
  // Wipes what is secret. What is pending is sealed and can still be sent.
  void wipe() noexcept;
  // Wipes whatever was written: the end.
  void wipe_all() noexcept;

  // ---- layers; authentication reports its steps here
  Errc authenticated() noexcept;
  bool may_authenticate() const noexcept { return client_may_authenticate_; }

  // ---- facts
  Phase layer() const noexcept { return layer_; }
  bool exchanging() const noexcept { return exchange_ != Exchange::none; }
  bool strict() const noexcept { return strict_; }
  bool is_open() const noexcept { return layer_ == p_open; }
  // Something is compressed from the moment on at which the server says SUCCESS.
  bool success_starts_compression() const noexcept {
    const auto delayed = [](const CompressionAlg* alg) {
      return alg != nullptr && alg->delayed != 0;
    };
    return !is_open() && (delayed(chosen_.c2s.compression) || delayed(chosen_.s2c.compression));
  }
  bool has_deferred() const noexcept { return deferred_end_ != 0; }
  bool rekey_due() const noexcept;
  std::uint32_t rekeys() const noexcept { return rekeys_; }
  std::uint32_t unanswered_keepalives() const noexcept { return keepalives_; }
  std::uint8_t quirks() const noexcept { return quirks_; }
  const Negotiated& negotiated() const noexcept { return chosen_; }
  std::string_view peer_identification() const noexcept {
    return identified_ ? identification_.text() : std::string_view{};
  }
  Bytes session_id() const noexcept { return Bytes(session_id_).first(session_id_len_); }
  Bytes host_key() const noexcept { return Bytes(memory_.host_key).first(host_key_len_); }
  bool has_server_sig_algs() const noexcept { return has_sig_algs_; }
  std::string_view server_sig_algs() const noexcept {
    return as_text(Bytes(memory_.sig_algs).first(sig_algs_len_));
  }
  std::string_view guess_hint() const noexcept { return guess_hint_.view(); }
  std::uint64_t packets_in() const noexcept { return reader_.packets(); }
  std::uint64_t packets_out() const noexcept { return writer_.packets(); }
  Trace& trace() noexcept { return trace_; }
  const Trace& trace() const noexcept { return trace_; }
  void set_custom(bool custom) noexcept { custom_ = custom; }
  // RFC 4462 §4: the context of the first key exchange, where that was by GSSAPI.
  GssContext& session_gss() noexcept { return session_gss_; }
  // Why there is none though methods by GSSAPI are configured; "" where nothing failed.
  std::string_view gss_why() const noexcept { return gss_why_.view(); }
  // Messages 61 to 66 are gssapi-with-mic's from now on, or no more.
  void set_gss(bool gss) noexcept { gss_ = gss; }

 private:
  friend class AuthChannel;
  enum class Exchange : std::uint8_t {
    none,
    sent,
    await_method,
    await_verdict,
    await_sign,
    await_newkeys
  };

  Errc commit(const Writer& w, PacketWriter::Pad pad) noexcept;
  const char* title_of(Bytes payload) const noexcept;
  Trace::Mask mask_of(Bytes payload) const noexcept;

  // transport.cpp
  Got read_identification() noexcept;
  Got read_packet(MutBytes& payload) noexcept;
  Got open_packet() noexcept;
  Got work_on(MutBytes& payload, bool deferred) noexcept;
  Got dispatch(MutBytes& payload) noexcept;
  Got result(Errc code) noexcept {
    if (code == Errc::ok) return Got::progress;
    static_cast<void>(ctx_.fail(code));  // keeps the first, which has the better sentence
    return Got::failed;
  }
  GateState gate_state() const noexcept;
  Phase exchange_phase() const noexcept;
  Errc check_ext_info_place(std::uint8_t msg) noexcept;
  Errc refuse(std::uint8_t msg) noexcept;
  Errc count_noise() noexcept;
  Errc defer(Bytes payload) noexcept;
  bool take_deferred(MutBytes& payload) noexcept;
  Errc do_disconnect(Bytes payload) noexcept;
  Errc do_debug(Bytes payload) noexcept;
  Errc do_unimplemented(Bytes payload) noexcept;
  Errc do_service_request(Bytes payload) noexcept;
  Errc do_service_accept(Bytes payload) noexcept;
  Errc do_ext_info(Bytes payload) noexcept;
  Errc do_global_request(Bytes payload) noexcept;
  Errc do_request_reply() noexcept;
  Errc do_ping(Bytes payload) noexcept;
  Errc request_service() noexcept;

  // exchange.cpp
  void offer_kex() noexcept;
  Errc send_kexinit(bool guess_follows) noexcept;
  Errc send_guess() noexcept;
  bool guess_is_known() const noexcept;
  Errc do_kexinit(Bytes payload) noexcept;
  void keep_guess_hint(const KexInit& theirs) noexcept;
  Errc agree_strict(const KexInit& theirs) noexcept;
  Errc begin_method(Bytes payload, bool guess_right) noexcept;
  GroupWishes group_wishes() const noexcept;
  Errc open_method() noexcept;
  Errc do_method(Bytes payload) noexcept;
  Errc verify_host_key() noexcept;
  Errc send_reply(Bytes proof) noexcept;
  Errc fail_weak_key() noexcept;
  Errc ask_host_signature() noexcept;
  Errc keep_session_id() noexcept;
  Errc accept_host_key_blob(Bytes blob, Bytes signature) noexcept;

  // gss_exchange.cpp
  static void lay_out_gss(const Settings& settings, Arena& arena, Memory& memory) noexcept;
  GssContext& exchange_gss() noexcept { return first_done_ ? rekey_gss_ : session_gss_; }
  bool prepare_gss() noexcept;
  void begin_gss() noexcept;
  void end_gss() noexcept;
  Errc agreed_by_gss() noexcept;
  Errc verify_host_by_gss() noexcept;
  Errc accept_host(const GssHostProof& proof, Bytes host_key) noexcept;
  Errc complete_gss() noexcept;
  void wipe_gss() noexcept;

  Errc send_newkeys() noexcept;
  Errc start_keys() noexcept;
  Errc start_direction(Protection& keys, const Suite& suite, bool encrypt, char iv, char key,
                       char mac) noexcept;
  Errc do_newkeys(Bytes payload) noexcept;
  enum class At : std::uint8_t { newkeys, success };
  Errc start_compression_in(At at) noexcept;
  Errc start_compression_out(At at) noexcept;
  Errc send_ext_info() noexcept;
  const IdentityRow* host_key_for(const KeyAlgorithm& alg, std::uint32_t& index) const noexcept;
  Errc fail_method(Errc code) noexcept;

  Context& ctx_;
  Memory memory_;
  InBuffer in_;
  IdentificationReader identification_;
  PacketReader reader_;
  PacketWriter writer_;
  Trace trace_;
  KeyExchange kex_;
  GssContext session_gss_, rekey_gss_;
  Bytes gss_said_;         // client: the first token of a context, made before it was offered
  bool gss_used_ = false;  // memory_.gss_token was written
  FixedText<400> gss_why_;
  Negotiated chosen_;
  Protection keys_in_[2], keys_out_[2];
  std::uint8_t slot_in_ = 0, slot_out_ = 0;  // which of them is in use
  const CompressionAlg* inflating_ = nullptr;
  const CompressionAlg* deflating_ = nullptr;

  Exchange exchange_ = Exchange::none;
  Phase layer_ = p_never;
  bool identified_ = false;
  bool first_done_ = false;  // the first exchange ended in both directions
  bool out_keys_ = false;    // our first NEWKEYS is out
  bool host_accepted_ = false;
  bool strict_ = false;
  bool custom_ = false;
  bool gss_ = false;
  bool discard_next_ = false;   // the peer's wrong guess
  bool guessed_ = false;        // our guess is out
  bool ext_info_here_ = false;  // the next message may be EXT_INFO (RFC 8308 §2.4)
  bool success_must_follow_ = false;
  bool peer_ext_info_ = false;  // the peer takes EXT_INFO
  bool service_asked_ = false;
  bool client_may_authenticate_ = false;
  bool has_sig_algs_ = false;
  std::uint8_t quirks_ = 0;
  std::size_t our_kexinit_len_ = 0;
  std::string_view kex_names_;  // what we offer: the configuration's, without what a quirk forbids
  std::size_t session_id_len_ = 0;
  std::array<std::uint8_t, kMaxHash> session_id_{};
  std::size_t host_key_len_ = 0;
  std::size_t sig_algs_len_ = 0;
  MutBytes opened_;  // a packet that was opened and not worked on yet
  std::size_t deferred_begin_ = 0, deferred_end_ = 0;
  std::uint32_t rekeys_ = 0;
  std::uint32_t noise_ = 0;
  std::uint32_t keepalives_ = 0;
  std::uint32_t optional_seq_ = UINT32_MAX;  // of the last message that nobody needs
  FixedText<160> guess_hint_;
};

}  // namespace sshauth
