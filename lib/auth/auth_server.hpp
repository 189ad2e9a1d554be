// AuthServer: the server half of RFC 4252, RFC 4256 and RFC 4462. It reads requests, verifies
// signatures, and asks the host for every verdict; the default of every path is refusal.
//
//   idle       the client's next request is awaited
//   asking     the host decides (a question is open)
//   prompting  SSH_MSG_USERAUTH_INFO_REQUEST is out, the responses are awaited
//   gss        gssapi-with-mic: a token, or once the context is established the MIC, is awaited
//   done       SSH_MSG_USERAUTH_SUCCESS is out
#pragma once

#include "lib/auth/method.hpp"
#include "lib/transport/transport.hpp"

namespace sshauth {

class AuthServer {
 public:
  struct Memory {
    MutBytes sign_data;
    MutBytes gss_ctx, gss_token;
  };
  static void lay_out(const Settings& settings, Arena& arena, Memory& out) noexcept;

  AuthServer(Context& context, Transport& transport) noexcept
      : ctx_(context), transport_(transport) {}
  void start(const Memory& memory) noexcept {
    memory_ = memory;
    gss_.set_memory(memory.gss_ctx);
  }
  void wipe() noexcept {
    secure_wipe(memory_.sign_data.first(sign_peak_));
    wipe_gss();
  }

  Errc receive(Bytes payload) noexcept;

  // ---- answers; bad_argument and bad_state leave the question open
  Errc answer_request(std::uint32_t verdict, std::string_view can_continue) noexcept;
  Errc answer_change(std::string_view prompt) noexcept;
  Errc answer_ask(const InfoRequest& request) noexcept;

  // ---- facts
  std::string_view user() const noexcept { return as_text(Bytes(user_).first(user_len_)); }
  std::string_view method() const noexcept { return name_of(method_); }
  const InfoResponse& responses() const noexcept { return responses_; }
  std::uint32_t attempts() const noexcept { return refused_; }

 private:
  enum class State : std::uint8_t { idle, asking, prompting, gss, done };

  Errc take_request(Bytes payload) noexcept;
  Errc keep_user(std::string_view name) noexcept;
  Errc send_banner() noexcept;
  Errc refuse_request() noexcept { return send_failure(ctx_.settings.auth_methods, false); }
  Errc send_failure(std::string_view can_continue, bool partial) noexcept;
  Errc send_success() noexcept;
  ipworksauth_event& ask_request() noexcept;

  // password.cpp, publickey.cpp, keyboard_interactive.cpp, gssapi_with_mic.cpp, gssapi_keyex.cpp
  Errc take_password(Bytes rest) noexcept;
  Errc take_publickey(Bytes payload, Bytes rest) noexcept;
  bool signature_holds(const KeyAlgorithm& alg, const OpenedKey& key, Bytes payload,
                       const PublickeyFields& fields) noexcept;
  Errc take_kbdint(Bytes rest) noexcept;
  Errc take_responses(Bytes payload) noexcept;
  static void lay_out_gss(const Settings& settings, Arena& arena, Memory& out) noexcept;
  Errc take_gss(Bytes rest) noexcept;
  Errc take_gss_message(Bytes payload) noexcept;
  Errc take_gss_token(Bytes payload) noexcept;
  Errc refuse_gss_token(Bytes error_token) noexcept;
  Errc take_gss_mic(Bytes payload) noexcept;
  Errc end_gss(Bytes payload) noexcept;
  Errc take_gss_keyex(Bytes rest) noexcept;
  Errc judge_gss(GssContext& context, Bytes mic) noexcept;
  void wipe_gss() noexcept;

  Context& ctx_;
  Transport& transport_;
  Memory memory_;
  State state_ = State::idle;
  Method method_ = Method::none;
  bool user_known_ = false;
  bool banner_sent_ = false;
  bool probe_ = false;
  std::array<std::uint8_t, 256> user_{};
  std::size_t user_len_ = 0;
  std::uint32_t requests_ = 0;
  std::uint32_t refused_ = 0;
  std::uint32_t num_asked_ = 0;
  std::size_t sign_peak_ = 0;  // octets of sign_data that were ever written
  PkOk pk_ok_;
  InfoResponse responses_;
  GssContext gss_;
  std::size_t gss_peak_ = 0;  // octets of gss_token that were ever written
  std::array<char, 256> initiator_{};
};

}  // namespace sshauth
