// AuthClient: the client half of RFC 4252, RFC 4256 and RFC 4462: which method next, one request at
// a time.
//
//   idle       nothing is outstanding; `pump` chooses the next method
//   asking     a question is open; its answer sends the request, or gives the method up
//   awaiting   a request is outstanding; only its own answers are understood
//   done       SSH_MSG_USERAUTH_SUCCESS came
//
// Always: a message of the server is worked on only in `awaiting` (banners apart), and number 60
// means what the outstanding method says. Requests are bounded in number, and a credential that was
// refused is not offered again unless the host gives another.
//
// Trivial success (CVE-2021-36367 and its kin): SUCCESS and partial success are believed only when
// the request that they answer released a credential: a signature, a password, a MIC, a response
// to at least one prompt, or what the host of a method of its own sent. What was released for an
// earlier request, and refused, counts for nothing. RFC 4252 §5.1: after a partial success the
// steps are one conversation, so a step without a question (a push to a telephone, say) may end it.
// A probe proves nothing at any time (RFC 4252 §7). Only where "none" is all that was wanted is no
// credential due.
#pragma once

#include "lib/auth/method.hpp"
#include "lib/transport/transport.hpp"

namespace sshauth {

class AuthClient {
 public:
  struct Memory {
    MutBytes sign_data;
    MutBytes gss_ctx, gss_token;
  };
  static void lay_out(const Settings& settings, Arena& arena, Memory& out) noexcept;

  AuthClient(Context& context, Transport& transport) noexcept
      : ctx_(context), transport_(transport) {}
  void start(const Memory& memory) noexcept {
    memory_ = memory;
    gss_.set_memory(memory.gss_ctx);
  }
  void wipe() noexcept {
    wipe_sign_data();
    wipe_gss();
  }

  // Goes on, if nothing is outstanding and the transport lets us speak.
  Errc pump() noexcept;
  Errc receive(Bytes payload) noexcept;

  // ---- answers; bad_argument leaves the question open
  Errc answer_signature(Bytes signature) noexcept;
  Errc answer_password(Bytes password, bool given) noexcept;
  Errc answer_new_password(Bytes old_password, Bytes new_password, bool given) noexcept;
  Errc answer_prompts(std::span<const ipworksauth_octets> responses, bool given) noexcept;
  Errc answer_custom(Bytes payload, bool given) noexcept;

  // ---- facts
  std::string_view can_continue() const noexcept { return can_continue_.view(); }
  bool partial() const noexcept { return partial_; }
  std::string_view method() const noexcept { return name_of(method_); }
  std::uint32_t attempts() const noexcept { return attempts_; }
  bool awaiting() const noexcept { return state_ == State::awaiting; }
  const InfoRequest& info() const noexcept { return info_; }

 private:
  enum class State : std::uint8_t { idle, asking, awaiting, done };
  enum class Outstanding : std::uint8_t { nothing, request, probe };

  // auth_client.cpp
  Errc choose() noexcept;
  Errc begin(Method method) noexcept;
  bool usable(Method method, std::string_view name) const noexcept;
  bool spent(Method method) const noexcept { return (spent_ & bit(method)) != 0; }
  void spend(Method method) noexcept { spent_ = static_cast<std::uint8_t>(spent_ | bit(method)); }
  static std::uint8_t bit(Method method) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(method));
  }
  Errc give_up(Method method) noexcept;
  Errc decline(Method method, std::string_view what) noexcept;
  Errc do_success(Bytes payload) noexcept;
  bool is_trivial() const noexcept {
    return outstanding_ == Outstanding::probe || (!released_ && !any_partial_);
  }
  Errc do_failure(Bytes payload) noexcept;
  Errc after_refusal() noexcept;
  std::string_view refusal() const noexcept;
  void wipe_sign_data() noexcept { secure_wipe(memory_.sign_data.first(sign_len_)); }
  Errc do_banner(Bytes payload) noexcept;
  Errc do_60(Bytes payload) noexcept;
  Errc fail_auth(std::string_view what) noexcept;
  Errc unexpected() noexcept;
  Writer begin_request(AuthChannel& channel, Method method) noexcept;
  Errc finish_request(AuthChannel& channel, const Writer& w, Outstanding outstanding,
                      PacketWriter::Pad pad = PacketWriter::Pad::least) noexcept;
  ipworksauth_event& ask(std::uint32_t kind) noexcept {
    state_ = State::asking;
    return ctx_.ask(kind);
  }
  Errc send_none() noexcept;

  // password.cpp
  Errc ask_password() noexcept;
  Errc do_change_request(Bytes payload) noexcept;
  Errc send_password(Bytes password, Bytes new_password, bool change) noexcept;

  // publickey.cpp
  // Which identity is in hand, and with which of its algorithms.
  struct Cursor {
    std::uint32_t identity = 0, step = 0;
    bool second_round = false;
    std::string_view algorithm;
  };
  static bool has(std::uint64_t set, std::uint32_t identity) noexcept {
    return (set >> identity & 1) != 0;
  }
  bool seek(Cursor& at) const noexcept;
  bool identity_left() const noexcept;
  void skip_identity() noexcept;
  void refuse_identity() noexcept;
  Errc next_identity() noexcept;
  const IdentityRow& identity() const noexcept {
    return ctx_.settings.identities[cursor_.identity];
  }
  std::string_view candidate(const IdentityRow& key, std::uint32_t& step) const noexcept;
  bool server_takes(const KeyAlgorithm& alg) const noexcept;
  bool server_takes(std::string_view algorithm) const noexcept;
  bool may_use(const KeyAlgorithm& alg) const noexcept;
  // That of the request in hand.
  KeyAlgorithm algorithm() const noexcept {
    return find_key_algorithm(*ctx_.settings.provider, cursor_.algorithm);
  }
  Errc offer_identity() noexcept;
  Errc probe() noexcept;
  Errc ask_signature() noexcept;
  Errc do_pk_ok(Bytes payload) noexcept;

  // keyboard_interactive.cpp
  Errc send_kbdint() noexcept;
  Errc do_info_request(Bytes payload) noexcept;

  // gssapi_with_mic.cpp
  static void lay_out_gss(const Settings& settings, Arena& arena, Memory& out) noexcept;
  Errc begin_gss() noexcept;
  Errc do_gss(Bytes payload) noexcept;
  Errc do_gss_response(Bytes payload) noexcept;
  Errc do_gss_token(Bytes payload) noexcept;
  Errc do_gss_error(Bytes payload) noexcept;
  Errc do_gss_errtok(Bytes payload) noexcept;
  GssStep step_gss(Bytes token) noexcept;
  Errc say_gss() noexcept;
  bool make_gss_mic(GssContext& context, MutBytes room, Bytes& mic) noexcept;
  Errc fail_gss(GssContext& context) noexcept;
  void keep_gss_text(GssContext& context) noexcept;
  void tell_gss(std::uint32_t flags) noexcept;
  void wipe_gss() noexcept;

  // gssapi_keyex.cpp
  Errc send_gss_keyex() noexcept;

  // custom.cpp
  Errc ask_custom(Bytes last) noexcept;

  Context& ctx_;
  Transport& transport_;
  Memory memory_;
  State state_ = State::idle;
  Outstanding outstanding_ = Outstanding::nothing;
  Method method_ = Method::none;
  std::uint8_t spent_ = 0;      // methods that are not to be tried again
  std::uint8_t succeeded_ = 0;  // of GSSAPI: with the same ticket nothing new would be proved
  bool have_list_ = false;      // can_continue_ is the server's word
  bool partial_ = false;
  bool any_partial_ = false;
  bool released_ = false;  // the request in hand released a credential
  FixedText<1024> can_continue_;
  std::string_view not_given_;  // what the host declined last, in words
  std::uint32_t requests_ = 0;
  std::uint32_t attempts_ = 0;
  std::uint32_t tries_ = 0;  // of the password or of keyboard-interactive
  std::uint32_t rounds_ = 0;
  std::uint32_t banners_ = 0;
  std::size_t banner_octets_ = 0;
  Cursor cursor_;
  std::uint64_t used_ = 0;   // identities with which a step succeeded, a bit each
  std::uint64_t again_ = 0;  // identities to offer once more, in the second round
  static_assert(kMaxIdentities <= 64);
  std::size_t sign_len_ = 0;    // of what is to be signed
  std::size_t request_at_ = 0;  // where the request begins in it
  InfoRequest info_;
  enum class Gss : std::uint8_t {
    asked,     // the server is to name the mechanism
    tokens,    // a token of the server is awaited
    mic_sent,  // all is said
    failed     // the server sent an error token; SSH_MSG_USERAUTH_FAILURE must follow
  };
  Gss gss_stage_ = Gss::asked;
  GssContext gss_;
  Bytes gss_said_;               // our token that is to be sent, in memory_.gss_token
  std::uint32_t gss_notes_ = 0;  // the server's error texts
  FixedText<512> gss_text_;      // why the mechanism failed
  std::size_t gss_peak_ = 0;     // octets of gss_token that were ever written
};

}  // namespace sshauth
