// Object: one SSHAuth object behind its handle.
//
// Values live in slots (slots.hpp) and are plain data until authenticate makes a ClientConfig of
// them; the login itself is lib/client's. One Client lives as long as the object, so that interrupt
// may reach it at any time; everything else is used from one thread at a time.
//
//   idle   facts() is null: no login yet, or reset since
//   busy   client().busy(): inside authenticate, or after it between calls of doevents (Timeout 0)
//   over   facts() tells about the last login
//
// Always: in_callback() is true exactly while the host's callback runs; while it is, nothing that
// would run, drop or end a login is allowed. A handle destroyed in a callback is none from then on:
// from() gives nothing for it, nothing is fired any more, and the call that the callback came from
// frees the object when it is over (entry.hpp).
#pragma once

#include <array>
#include <map>

#include "abi/charset.hpp"
#include "abi/event.hpp"
#include "abi/key_store.hpp"
#include "abi/slots.hpp"
#include "lib/client/client.hpp"
#include "lib/crypto/providers.hpp"

namespace sshauth::abi {

// A code and its sentence that cannot fail to be recorded: where memory is short the code's general
// sentence stands in.
class LastError {
 public:
  void clear() noexcept { code_ = 0; }  // the text stays: pointers to it were given out
  void set(int code, std::string_view text, const Charset& charset) noexcept;
  int code() const noexcept { return code_; }
  const char* text() const noexcept;
  // The same for the host, in the code page that it had when it was set.
  const char* shown() const noexcept;
  // Somebody gave it a sentence of its own.
  bool has_text() const noexcept { return code_ != 0 && !text_.empty(); }

 private:
  int code_ = 0;
  std::string text_;
  TextPtr shown_;  // null: as text_
};

class Object;

// What the Client tells and asks, as events.
class LoginEvents final : public ClientObserver {
 public:
  explicit LoginEvents(Object& object) : object_(object) {}
  void start() noexcept { proxied_ = false; }

  void connected(int code, std::string_view text) override;
  void disconnected(int code, std::string_view text) override;
  void connection_status(std::string_view event, int code, std::string_view text) override;
  void status(std::string_view sentence) override;
  void log(int level, std::string_view message) override;
  void error(int code, std::string_view text) override;
  HostKeyAnswer host_key(const HostKeyQuestion& question) override;
  Answer new_password(const NewPasswordQuestion& question, SecretBytes& old_password,
                      SecretBytes& new_password) override;
  Answer prompts(const PromptRound& round, std::vector<SecretBytes>& responses) override;
  Answer custom(Bytes packet, Blob& reply) override;

 private:
  void remember(const HostKeyQuestion& question);
  bool ask_one(const PromptRound& round, const Prompt& prompt, SecretBytes& response);
  Object& object_;
  bool proxied_ = false;  // this login goes through a proxy
};

class Object {
 public:
  Object(ipworksauth_callback sink, void* context);
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object();

  // Null when `handle` is NULL, was not made by create, or was destroyed.
  static Object* from(void* handle) noexcept;

  // ---- values ----
  std::int64_t number(Slot slot) const noexcept { return values_[index_of(slot)].number; }
  bool flag(Slot slot) const noexcept { return number(slot) != 0; }
  std::string_view text(Slot slot) const noexcept { return values_[index_of(slot)].text->view(); }

  // Sets a slot as its row allows.
  Refusal assign(Slot slot, Value value);
  Refusal assign_number(Slot slot, std::int64_t number) { return assign(slot, {nullptr, number}); }
  Refusal assign_text(Slot slot, std::string_view text);
  // Sets a slot to what a hook or a login found out.
  void put_text(Slot slot, std::string_view text) {
    values_[index_of(slot)].text = make_text(text);
  }
  void put_number(Slot slot, std::int64_t number) { values_[index_of(slot)].number = number; }
  // The value to read. `given` keeps it alive until the same getter is called again.
  Refusal read(Slot slot, Value& out);
  Refusal read_property(Slot slot, Value& out);

  // Texts between the host's code page and UTF-8. What does not convert is refused with 434 and
  // `what`, its name.
  Refusal take(std::string_view what, std::string_view in_page, TextPtr& out) const;
  Refusal give(std::string_view what, const TextPtr& text, TextPtr& out) const;
  Charset& charset() noexcept { return charset_; }

  // The library's name and version, kept alive by the object.
  Refusal version(TextPtr& out);

  // Config, its text in the host's code page. `out` is what it returns, kept alive by the object.
  Refusal config(std::string_view in_page, TextPtr& out);

  // ---- methods ----
  Refusal authenticate();
  Refusal do_events();
  Refusal reset();
  void interrupt() noexcept { client_.interrupt(); }
  int state() const noexcept;

  // ---- the login ----
  // From the values to what authenticate gives the Client; the tool starts from it too.
  Refusal prepare(ClientConfig& config);
  Client& client() noexcept { return client_; }
  const Client& client() const noexcept { return client_; }
  const Provider& provider() const noexcept;
  // The present or last login; null when there is none.
  const ClientResult* facts() const noexcept { return known_ ? &client_.result() : nullptr; }
  const std::string& learned_hint() const noexcept { return learned_hint_; }
  void forget_hint() noexcept { learned_hint_.clear(); }
  // The address that SSHHost or FirewallHost was looked up to; empty when it was not.
  const std::string& resolved(Slot host) const noexcept {
    return host == Slot::SSHHost ? server_address_ : proxy_address_;
  }
  void forget_address(Slot host) noexcept {
    (host == Slot::SSHHost ? server_address_ : proxy_address_).clear();
  }
  void learn_address(bool proxied);

  // ---- the user's key ----
  StoreSpec store() const;
  // With the two properties that show it. `asked`: the host chose, so null is a choice too.
  void choose_key(KeyPtr key, bool asked);
  Refusal open_keys(std::vector<KeyPtr>& keys) { return open_store(store(), keys, passed_over_); }
  // SSHPubKeyAuthSigAlgorithms is the host's own list, and not a policy's.
  void own_sig_algorithms(bool own) noexcept { own_sig_algorithms_ = own; }

  // ---- events ----
  bool in_callback() const noexcept { return in_callback_ != 0; }
  bool has_sink() const noexcept { return sink_ != nullptr; }
  // Destroyed in a callback: stops the login. To be deleted once no callback runs.
  void destroy_later() noexcept;
  bool is_destroyed() const noexcept { return magic_ != kMagic; }
  // False when the login is to stop: by this callback, an earlier one or an interrupt.
  bool fire(EventCall& call);
  // Ends the login with this error; the first one counts.
  void stop(int code, const std::string& text);
  OutText& out_text() noexcept { return out_text_; }

  LastError last_error;
  LastError event_error;

 private:
  static constexpr std::uint64_t kMagic = 0x53534841555448a5;

  Refusal prepare_user(ClientConfig& config);
  void prepare_kerberos(ClientConfig& config);
  Refusal prepare_key(ClientConfig& config, bool wished);
  void want_of_agent(AgentUse& agent) const;
  void prepare_agent(ClientConfig& config);
  void allow_security_keys(ClientConfig& config) const;
  void prepare_agent_methods(ClientConfig& config);
  void add_every_method(ClientConfig& config, std::int64_t mode, bool has_password);
  Refusal prepare_certificate(ClientConfig& config, bool named);
  KeyPtr automatic_choice(const std::vector<KeyPtr>& keys) const;
  std::string about_passed_over() const;
  Refusal prepare_trust(ClientConfig& config);
  Refusal prepare_lists(ClientConfig& config);
  void prepare_protocol(ClientConfig& config);
  void prepare_network(ClientConfig& config);
  Refusal outcome();
  Refusal config_query(Slot slot, TextPtr& out);
  int call_sink(EventCall& call) noexcept;
  // What the callback said about its error, or that it returned one.
  std::string event_sentence(int event_id, int returned) const;
  Refusal config_indexed(Slot slot, std::string_view index, const std::string_view* value,
                         TextPtr& out);
  Refusal give_slot(const SlotRow& row, const TextPtr& text, TextPtr& out) const;

  std::uint64_t magic_ = kMagic;
  ipworksauth_callback sink_;
  void* context_;
  std::array<Value, kNumSlots> values_;
  std::array<TextPtr, kNumSlots> property_given_;
  std::array<TextPtr, kNumSlots> config_given_;
  std::map<std::pair<Slot, std::uint32_t>, TextPtr> indexed_, indexed_given_;
  Charset charset_;
  TextPtr version_given_;
  KeyPtr key_;              // null: none
  bool key_asked_ = false;  // the host said which, so null is its choice
  PassedOver passed_over_;  // of the store that was opened last
  bool own_sig_algorithms_ = false;
  OutText out_text_;
  unsigned in_callback_ = 0;
  bool known_ = false;
  Refusal stop_;
  std::string learned_hint_;
  std::string server_address_, proxy_address_;
  LoginEvents events_{*this};
  Client client_{events_};
};

}  // namespace sshauth::abi
