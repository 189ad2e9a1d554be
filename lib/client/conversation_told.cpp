// What the engine tells: each event becomes sentences and facts.
#include "lib/client/conversation.hpp"
#include "lib/client/views.hpp"
#include "lib/client/weak.hpp"
#include "lib/crypto/certificate.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/keys/key_error.hpp"
#include "lib/trust/user_certificate.hpp"
#include "lib/wire/messages.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kShown = 300;  // octets of a peer's text in a sentence

std::string shown_text(const ipworksauth_octets& view) { return printable(text_of(view), kShown); }

// RFC 4253 §11.1
constexpr std::uint32_t kVersionNotSupported = 8;
constexpr std::uint32_t kHostKeyNotVerifiable = 9;

}  // namespace

bool Conversation::handle(const Event& event) {
  if (event.kind < IPWORKSAUTH_EVENT_HOST_KEY) {
    told(event);
    return true;
  }
  const bool answered = asked(event);
  if (answered && state_ == State::talking && !calls_.stopped() && still_open(event))
    give_up("the answer to the server's question cannot be sent");
  return answered;
}

void Conversation::told(const Event& event) {
  switch (event.kind) {
    case IPWORKSAUTH_EVENT_PRELINE:
      return status("The server says before its identification: " + shown_text(event.text));
    case IPWORKSAUTH_EVENT_IDENTIFIED: return do_identified(event);
    case IPWORKSAUTH_EVENT_NEGOTIATED: return do_negotiated();
    case IPWORKSAUTH_EVENT_KEYS_ACTIVE: return do_keys_active(event);
    case IPWORKSAUTH_EVENT_EXT_INFO:
      result_.server_sig_algs = std::string(text_of(event.text));
      return log(1, "The server takes signatures by " + shown_text(event.text));
    case IPWORKSAUTH_EVENT_BANNER: return do_banner(event);
    case IPWORKSAUTH_EVENT_ATTEMPT: return do_attempt(event);
    case IPWORKSAUTH_EVENT_REFUSED: return do_refused(event);
    case IPWORKSAUTH_EVENT_AUTHENTICATED:
      state_ = State::authenticated;
      result_.method = std::string(text_of(event.method));
      return status("The server accepted " + shown_text(event.method) + ": user " +
                    printable(config_.user) + " is authenticated");
    case IPWORKSAUTH_EVENT_HOST_PROVED: return do_host_proved(event);
    case IPWORKSAUTH_EVENT_GSS_ERROR:
      if ((event.flags & IPWORKSAUTH_FLAG_FROM_PEER) == 0) result_.gss_failed = true;
      return status(printable(text_of(event.text), 600));
    case IPWORKSAUTH_EVENT_DEBUG: return log(1, "The server says: " + shown_text(event.text));
    case IPWORKSAUTH_EVENT_ENDED: return do_ended();
    default: return;
  }
}

void Conversation::do_start() {
  started_ = true;
  status("Sent our identification: " +
         printable(text(IPWORKSAUTH_TEXT_OUR_IDENTIFICATION), kShown));
  tell_packets(Packets::all);  // of a guess that needs nothing of the server's
}

void Conversation::do_identified(const Event& event) {
  result_.server_identification = std::string(text_of(event.text));
  status("Read the server's identification: " + shown_text(event.text));
  if (!config_.accept_identification) return;
  const bool accepted = calls_.ask(false, [&](ClientObserver&) {
    return config_.accept_identification(result_.server_identification);
  });
  if (accepted) return;
  disconnect(kVersionNotSupported, "identification not acceptable");
  do_ended();
  result_.code = 1002;
  result_.text = "the server's identification \"" + shown_text(event.text) +
                 "\" matches none of the patterns that are accepted";
}

void Conversation::say_weak(const std::string& what, const std::string& name) {
  status(what + ": " + (name.empty() ? "by the cipher" : printable(name)));
  if (const std::string_view why = weakness_of(name); !why.empty())
    status("Warning: " + printable(name) + " is weak: " + std::string(why));
}

void Conversation::do_negotiated() {
  NegotiatedNames& n = result_.negotiated;
  n.kex = text(IPWORKSAUTH_TEXT_KEX);
  n.host_key = text(IPWORKSAUTH_TEXT_HOST_KEY_ALGORITHM);
  n.cipher_c2s = text(IPWORKSAUTH_TEXT_CIPHER_C2S);
  n.cipher_s2c = text(IPWORKSAUTH_TEXT_CIPHER_S2C);
  n.mac_c2s = text(IPWORKSAUTH_TEXT_MAC_C2S);
  n.mac_s2c = text(IPWORKSAUTH_TEXT_MAC_S2C);
  n.compression_c2s = text(IPWORKSAUTH_TEXT_COMPRESSION_C2S);
  n.compression_s2c = text(IPWORKSAUTH_TEXT_COMPRESSION_S2C);
  say_weak("Key exchange", n.kex);
  say_weak("Host key algorithm", n.host_key);
  say_weak("Encryption to the server", n.cipher_c2s);
  say_weak("Encryption from the server", n.cipher_s2c);
  say_weak("Integrity to the server", n.mac_c2s);
  say_weak("Integrity from the server", n.mac_s2c);
  say_weak("Compression to the server", n.compression_c2s);
  say_weak("Compression from the server", n.compression_s2c);
  status("The algorithms are agreed");
}

void Conversation::do_keys_active(const Event& event) {
  exchanging_ = false;
  if ((event.flags & IPWORKSAUTH_FLAG_REKEY) != 0) return status("Key re-exchange is complete");
  collect();
  status(std::string("Key exchange is complete; strict key exchange ") +
         (result_.strict_kex ? "is agreed" : "is not agreed"));
  secured_ = true;
  if (calls_.stopped()) return;
  calls_.tell(
      [](ClientObserver& o) { o.connection_status("S/Shell handshake complete.", 0, "OK"); });
}

// The mechanism vouches for the host under the name that the ticket is for. A key that the server
// sent along is the one it proved itself with, and nobody is asked about it; one that is revoked,
// or another than the user named, ends the login all the same.
void Conversation::do_host_proved(const Event& event) {
  const Bytes blob = bytes_of(event.key);
  status("The server is proved by the GSSAPI mechanism of the key exchange");
  result_.host_key_accepted = true;
  if (blob.empty()) return;
  result_.host_key.assign(blob.begin(), blob.end());
  result_.host_key_type = std::string(public_blob_type(blob));
  status("The server's host key, sent along: " + printable(result_.host_key_type) + " " +
         fingerprint(blob, FingerprintKind::sha256_base64, *config_.provider));
  if (config_.trust == nullptr) return;
  result_.trust =
      config_.trust->check(config_.host, config_.port, result_.host_key, *config_.provider);
  const bool mismatch = result_.trust.verdict == HostKeyVerdict::mismatch;
  const bool pinned = !config_.trust->pinned().empty();
  if (mismatch && !pinned) return status("Warning: " + result_.trust.reason);
  if (!mismatch && result_.trust.verdict != HostKeyVerdict::revoked) return;
  result_.host_key_accepted = false;
  disconnect(kHostKeyNotVerifiable, "host key not accepted");
  do_ended();
  result_.code = 1030;
  result_.text = result_.trust.reason;
}

void Conversation::do_banner(const Event& event) {
  const std::string said(text_of(event.text)), language(text_of(event.language));
  calls_.tell([&](ClientObserver& o) { o.banner(said, language); });
  log(1, "The server's banner: " + printable(said, 2000));
  if (speaks_custom()) show_banner(said, language);
}

bool Conversation::speaks_custom() const {
  return config_.methods.size() == 1 && config_.methods.front() == "custom";
}

// A host that speaks its own method sees every message of the server's; RFC 4252 §5.4: this one
// wants no answer.
void Conversation::show_banner(const std::string& said, const std::string& language) {
  Blob packet(9 + said.size() + language.size());
  Writer w(packet);
  encode(w, UserauthBanner{said, language});
  Blob reply;
  const Answer answer =
      calls_.ask(Answer::none, [&](ClientObserver& o) { return o.custom(w.written(), reply); });
  secure_wipe(reply);
  if (answer == Answer::given)
    calls_.abort(10022,
                 "a message was given to answer the server's banner "
                 "(SSH_MSG_USERAUTH_BANNER), which takes no answer");
}

void Conversation::do_attempt(const Event& event) {
  attempted_ = true;
  method_ = std::string(text_of(event.method));
  result_.method = method_;
  if (method_ == "none" && config_.methods.size() > 1)
    return status("Asking for the methods that can authenticate user " + printable(config_.user));
  std::string sentence =
      (event.flags & IPWORKSAUTH_FLAG_PROBE) != 0 ? "Asking whether " : "Trying ";
  sentence += shown_text(event.method);
  if (event.key.len != 0) {
    result_.key_algorithm = std::string(text_of(event.algorithm));
    const Bytes key = bytes_of(event.key);
    key_ = shown_text(event.algorithm) + " key " +
           fingerprint(key, FingerprintKind::sha256_base64, *config_.provider);
    if (is_certificate_type(public_blob_type(key))) certificate_.assign(key.begin(), key.end());
    sentence += " with " + key_;
  }
  if ((event.flags & IPWORKSAUTH_FLAG_PROBE) != 0) sentence += " would be accepted";
  status(sentence + " for user " + printable(config_.user));
}

// A method that the list no longer has may have been refused without the password being looked at.
void Conversation::judge_password(const Event& event) {
  const bool partial = (event.flags & IPWORKSAUTH_FLAG_PARTIAL) != 0;
  if (password_sent_ && !partial && list_contains(text_of(event.text), text_of(event.method)))
    password_spent_ = true;
  password_sent_ = false;
  filled_in_.clear();
}

void Conversation::do_refused(const Event& event) {
  judge_password(event);
  const std::string methods = event.text.len == 0 ? "none" : shown_text(event.text);
  if (text_of(event.method) == "none" && config_.methods.size() > 1)
    return status("Methods that can authenticate the user: " + methods);
  if ((event.flags & IPWORKSAUTH_FLAG_PARTIAL) != 0) {
    certificate_.clear();  // if it was one, it has done its part
    return status("The server accepted " + shown_text(event.method) +
                  " and wants more; methods that can continue: " + methods);
  }
  status("The server refused " + shown_text(event.method) +
         "; methods that can continue: " + methods);
}

// A server that refuses a certificate does not say why; the certificate may.
std::string Conversation::fault_of_certificate() const {
  const std::int64_t now = config_.wall_clock ? config_.wall_clock() : TrustRules().now;
  const std::string fault = fault_of_user_certificate(certificate_, config_.user, now);
  return fault.empty() ? "" : "; " + fault;
}

// Where the server was shown nothing that it could refuse, a PIN is what was missing or wrong.
void Conversation::blame_signer() {
  constexpr int kNeedsPassword = 277;
  constexpr int kWrongPassword = 278;
  result_.text += "; " + not_signed_.text;
  collect();
  if (result_.attempts != 0) return;
  if (not_signed_.code == KeyErrc::needs_passphrase) result_.code = kNeedsPassword;
  if (not_signed_.code == KeyErrc::wrong_passphrase) result_.code = kWrongPassword;
}

void Conversation::do_ended() {
  ipworksauth_engine_error_info info{};
  ipworksauth_engine_error(engine_.get(), &info);
  state_ = State::ended;
  signing_.reset();
  result_.code = info.object_code != 0 ? info.object_code : 1001;
  result_.text = info.text != nullptr ? info.text : "the connection ended";
  if (info.code == IPWORKSAUTH_E_AUTH_FAILED && !key_.empty())
    result_.text += "; the last key tried: " + key_;
  if (info.code == IPWORKSAUTH_E_AUTH_FAILED && !not_signed_.ok()) blame_signer();
  if (info.code == IPWORKSAUTH_E_AUTH_FAILED) result_.text += fault_of_certificate();
  result_.engine_code = info.code;
  result_.engine_error = info.name != nullptr ? info.name : "";
  result_.peer_reason = info.peer_reason;
  if (const ClientStage at = client_stage(info.stage); at != ClientStage::none) result_.stage = at;
  if (info.code != IPWORKSAUTH_E_HOST_KEY_REFUSED) return;
  result_.stage = ClientStage::host_key;
  const char* despite = result_.trust.accepted() ? ": the application refused it, although " : ": ";
  result_.text += despite + result_.trust.reason;
}

}  // namespace sshauth
