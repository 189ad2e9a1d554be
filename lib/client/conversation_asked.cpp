// What the engine asks. Each function returns false when the answer comes later; whatever cannot
// be answered is answered with "there is none", so no question stays open by mistake.
#include <algorithm>

#include "lib/client/conversation.hpp"
#include "lib/client/views.hpp"
#include "lib/keys/certificate.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/keys/key_error.hpp"

namespace sshauth {
namespace {

constexpr std::uint32_t kNoMoreMethods = 14;  // RFC 4253 §11.1

std::string_view text_in(const SecretBytes& secret) noexcept { return as_text(secret.reveal()); }

bool same_secret(const SecretBytes& a, const SecretBytes& b) noexcept {
  return ct_equal(as_bytes(text_in(a)), as_bytes(text_in(b)));
}

// An empty secret is an answer; NULL would be none.
const char* chars_or_empty(const SecretBytes& secret) noexcept {
  return secret.size() == 0 ? "" : text_in(secret).data();
}

ipworksauth_octets view_of(const SecretBytes& secret) noexcept {
  return {as_bytes(text_in(secret)).data(), secret.size()};
}

SecretBytes copy_of(const SecretBytes& secret) { return SecretBytes(as_bytes(text_in(secret))); }

}  // namespace

bool Conversation::asked(const Event& event) {
  switch (event.kind) {
    case IPWORKSAUTH_EVENT_HOST_KEY: return do_host_key(event);
    case IPWORKSAUTH_EVENT_SIGN: return do_sign(event);
    case IPWORKSAUTH_EVENT_PASSWORD: return do_password(event);
    case IPWORKSAUTH_EVENT_NEW_PASSWORD: return do_new_password(event);
    case IPWORKSAUTH_EVENT_PROMPTS: return do_prompts(event);
    case IPWORKSAUTH_EVENT_CUSTOM: return do_custom(event);
    default:  // a server's question: this is a client
      calls_.abort(1027, "the engine asked what a client cannot answer");
      return true;
  }
}

// A login that is ending answers nothing: its question stays open, and the DISCONNECT is next.
// An answer that the engine does not take must not be asked for again and again.
bool Conversation::still_open(const Event& event) const {
  ipworksauth_engine_facts facts{};
  return ipworksauth_engine_get_facts(engine_.get(), &facts) == IPWORKSAUTH_OK &&
         facts.question == event.kind;
}

void Conversation::give_up(const char* sentence) {
  disconnect(kNoMoreMethods, "authentication was given up");
  do_ended();
  result_.code = 1032;
  result_.text = sentence;
}

// What an agent is told of this connection. Later exchanges have another hash than the session
// identifier, and so another signature.
void Conversation::remember_host_key(const Event& event) {
  if ((event.flags & IPWORKSAUTH_FLAG_REKEY) != 0) return;
  const Bytes key = bytes_of(event.key), signature = bytes_of(event.data);
  first_host_key_.assign(key.begin(), key.end());
  first_host_signature_.assign(signature.begin(), signature.end());
}

bool Conversation::do_host_key(const Event& event) {
  open_question_ = ClientStage::host_key;
  remember_host_key(event);
  const Bytes blob = bytes_of(event.key);
  result_.host_key.assign(blob.begin(), blob.end());
  result_.host_key_type = std::string(public_blob_type(blob));
  const HostKeyAnswer answer = decide_host_key(event);
  if (answer == HostKeyAnswer::later) return false;
  open_question_ = ClientStage::none;
  if (calls_.stopped()) return true;
  if (answer == HostKeyAnswer::accept) {
    result_.host_key_accepted = true;
    plan_.accepted_host_key = result_.host_key;
    status("The host key is accepted");
    if (calls_.stopped()) return true;
    ipworksauth_engine_answer_host_key(engine_.get(), IPWORKSAUTH_ACCEPT_HOST_KEY);
    return true;
  }
  result_.host_key_accepted = false;
  status("The host key is not accepted: " + result_.trust.reason);
  ipworksauth_engine_answer_host_key(engine_.get(), IPWORKSAUTH_REFUSE);
  return true;
}

// A path that forgets to decide refuses.
HostKeyAnswer Conversation::decide_host_key(const Event& event) {
  // Asked again after `later`, it is still the same key: told once.
  if (announced_key_ != result_.host_key) {
    status("The server's signature over the key exchange verifies");
    status("The server's host key: " + printable(text_of(event.algorithm)) + " " +
           fingerprint(result_.host_key, FingerprintKind::sha256_base64, *config_.provider));
  }
  announced_key_ = result_.host_key;
  TrustRules rules;
  if (config_.wall_clock) rules.now = config_.wall_clock();
  rules.sha1_authorities = config_.sha1_authorities;
  result_.trust =
      config_.trust != nullptr
          ? config_.trust->check(config_.host, config_.port, result_.host_key, *config_.provider,
                                 rules)
          : HostKeyDecision{HostKeyVerdict::unknown,
                            "nothing is known about the host keys of " + printable(config_.host)};
  const bool revoked = result_.trust.verdict == HostKeyVerdict::revoked;
  if (!revoked && !plan_.accepted_host_key.empty() && plan_.accepted_host_key == result_.host_key)
    return HostKeyAnswer::accept;
  HostKeyQuestion question;
  question.host = config_.host;
  question.port = config_.port;
  question.blob = result_.host_key;
  const Blob plain = plain_key_of(result_.host_key, *config_.provider);
  question.key = plain;
  X509Chain chain;
  std::string subject, issuer;
  if (open_x509_key(result_.host_key, chain)) {
    subject = certificate_subject(chain[0]);
    issuer = certificate_issuer(chain[0]);
  }
  question.cert_subject = subject;
  question.cert_issuer = issuer;
  question.type = result_.host_key_type;
  question.algorithm = text_of(event.algorithm);
  question.decision = result_.trust;
  question.preset = result_.trust.accepted() || (config_.accept_any_host_key && !revoked);
  if (question.preset && !result_.trust.accepted())
    status("Warning: any host key is accepted, so nothing shows that this is the right server");
  const HostKeyAnswer answer =
      calls_.ask(HostKeyAnswer::refuse, [&](ClientObserver& o) { return o.host_key(question); });
  return revoked ? HostKeyAnswer::refuse : answer;
}

bool Conversation::do_sign(const Event& event) {
  Signed outcome = Signed::none;
  if (event.index < offers_.size()) {
    const Identity& identity = *plan_.identities[offers_[event.index]];
    outcome = identity.can_sign() ? sign_with(event, identity) : ask_signature(event);
  }
  if (outcome == Signed::later) return false;
  if (outcome == Signed::given || calls_.stopped()) return true;
  status("No signature by " + printable(text_of(event.algorithm)) + " can be made with this key");
  ipworksauth_engine_answer_signature(engine_.get(), nullptr, 0);
  return true;
}

Conversation::Signed Conversation::ask_signature(const Event& event) {
  const SignQuestion question{offers_[event.index], bytes_of(event.key), text_of(event.algorithm),
                              bytes_of(event.data)};
  Blob signature;
  const Answer answer =
      calls_.ask(Answer::none, [&](ClientObserver& o) { return o.sign(question, signature); });
  if (calls_.stopped() || answer == Answer::none) return Signed::none;
  if (answer == Answer::later) return Signed::later;
  return give_signature(signature) ? Signed::given : Signed::none;
}

bool Conversation::give_signature(const Blob& signature) {
  return ipworksauth_engine_answer_signature(engine_.get(), signature.data(), signature.size()) ==
         IPWORKSAUTH_OK;
}

void Conversation::start_signing(const Event& event, const Identity& identity) {
  const Signer* signer = identity.signer();
  if (const std::string notice = signer != nullptr ? signer->notice() : ""; !notice.empty())
    status(notice);
  if (calls_.stopped()) return;
  const std::string session_id = text(IPWORKSAUTH_TEXT_SESSION_ID);
  signing_ = identity.start_signing({text_of(event.algorithm), bytes_of(event.data),
                                     as_bytes(session_id), first_host_key_, first_host_signature_},
                                    *config_.provider);
}

Conversation::Signed Conversation::sign_with(const Event& event, const Identity& identity) {
  if (const ipworksauth_private_key* key = identity.private_key(); key != nullptr)
    return ipworksauth_engine_answer_private_key(engine_.get(), key) == IPWORKSAUTH_OK
               ? Signed::given
               : Signed::none;
  if (signing_ == nullptr) start_signing(event, identity);
  if (signing_ == nullptr) return Signed::none;
  const Signing::State state = signing_->step();
  if (state == Signing::State::working) return Signed::later;
  const std::unique_ptr<Signing> over = std::move(signing_);
  if (state == Signing::State::done && give_signature(over->signature())) return Signed::given;
  not_signed_ = over->error();
  status(not_signed_.text);
  return Signed::none;
}

bool Conversation::do_password(const Event& event) {
  const bool again = (event.flags & IPWORKSAUTH_FLAG_AGAIN) != 0;
  SecretBytes asked;
  const SecretBytes* password = &asked;
  Answer answer = Answer::given;
  const bool own = config_.password && !again && !password_spent_;
  if (own) {
    password = &*config_.password;
  } else {
    const PasswordQuestion question{config_.user, again};
    answer =
        calls_.ask(Answer::none, [&](ClientObserver& o) { return o.password(question, asked); });
  }
  if (calls_.stopped()) return true;
  if (answer == Answer::later) return false;
  password_sent_ = own;
  if (answer == Answer::given &&
      ipworksauth_engine_answer_password(engine_.get(), chars_or_empty(*password),
                                         password->size()) == IPWORKSAUTH_OK)
    return true;
  ipworksauth_engine_answer_password(engine_.get(), nullptr, 0);
  return true;
}

bool Conversation::do_new_password(const Event& event) {
  status("The server wants a new password");
  const std::string prompt(text_of(event.text)), language(text_of(event.language));
  const NewPasswordQuestion question{config_.user, prompt, language};
  SecretBytes old_password, new_password;
  if (config_.password) old_password = copy_of(*config_.password);
  const Answer answer = calls_.ask(Answer::none, [&](ClientObserver& o) {
    return o.new_password(question, old_password, new_password);
  });
  if (calls_.stopped()) return true;
  if (answer == Answer::later) return false;
  if (answer == Answer::given &&
      ipworksauth_engine_answer_new_password(engine_.get(), chars_or_empty(old_password),
                                             old_password.size(), chars_or_empty(new_password),
                                             new_password.size()) == IPWORKSAUTH_OK)
    return true;
  ipworksauth_engine_answer_new_password(engine_.get(), nullptr, 0, nullptr, 0);
  return true;
}

PromptRound Conversation::round_of(const Event& event) const {
  PromptRound round;
  round.name = std::string(text_of(event.name));
  round.instruction = std::string(text_of(event.text));
  for (std::uint32_t i = 0; i < event.num; ++i) {
    ipworksauth_octets text{};
    int echo = 0;
    if (ipworksauth_engine_prompt(engine_.get(), i, &text, &echo) < 0) break;
    round.prompts.push_back({std::string(text_of(text)), echo == 1, false});
  }
  return round;
}

// Prompts that the password answers by itself. One that comes again in the same request was not
// content with it.
void Conversation::fill_in(PromptRound& round, std::vector<SecretBytes>& responses) {
  if (!config_.password || !config_.is_password_prompt || password_spent_) return;
  for (std::size_t i = 0; i < round.prompts.size(); ++i) {
    Prompt& prompt = round.prompts[i];
    if (std::find(filled_in_.begin(), filled_in_.end(), prompt.text) != filled_in_.end()) continue;
    prompt.filled =
        calls_.ask(false, [&](ClientObserver&) { return config_.is_password_prompt(prompt.text); });
    if (prompt.filled) responses[i] = copy_of(*config_.password);
  }
}

void Conversation::remember(const PromptRound& round, const std::vector<SecretBytes>& responses) {
  for (std::size_t i = 0; i < round.prompts.size(); ++i) {
    if (!config_.password || !same_secret(responses[i], *config_.password)) continue;
    password_sent_ = true;
    filled_in_.push_back(round.prompts[i].text);
  }
}

bool Conversation::do_prompts(const Event& event) {
  PromptRound round = round_of(event);
  std::vector<SecretBytes> responses(round.prompts.size());
  fill_in(round, responses);
  status("The server asks " + std::to_string(round.prompts.size()) + " question(s)");
  const Answer answer =
      calls_.ask(Answer::none, [&](ClientObserver& o) { return o.prompts(round, responses); });
  if (calls_.stopped()) return true;
  if (answer == Answer::later) return false;
  if (answer == Answer::given && responses.size() == round.prompts.size()) {
    std::vector<ipworksauth_octets> views;
    views.reserve(responses.size());
    for (const SecretBytes& response : responses) views.push_back(view_of(response));
    remember(round, responses);
    if (ipworksauth_engine_answer_prompts(engine_.get(), views.data(), views.size()) ==
        IPWORKSAUTH_OK)
      return true;
  }
  ipworksauth_engine_answer_prompts(engine_.get(), nullptr, 0);
  return true;
}

bool Conversation::do_custom(const Event& event) {
  const Blob packet(event.data.data, event.data.data + event.data.len);
  Blob reply;
  const Answer answer =
      calls_.ask(Answer::none, [&](ClientObserver& o) { return o.custom(packet, reply); });
  if (answer == Answer::later) return false;
  if (calls_.stopped()) return secure_wipe(reply), true;
  const bool given =
      answer == Answer::given &&
      ipworksauth_engine_answer_custom(engine_.get(), reply.data(), reply.size()) == IPWORKSAUTH_OK;
  secure_wipe(reply);
  if (!given) ipworksauth_engine_answer_custom(engine_.get(), nullptr, 0);
  return true;
}

}  // namespace sshauth
