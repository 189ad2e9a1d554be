// The functions of engine.h: each checks its arguments and calls the engine. They live here and not
// in abi/ so that the freestanding core has a C face of its own.
#include <new>

#include "lib/engine/engine.hpp"

using sshauth::Arena;
using sshauth::Bytes;
using sshauth::Engine;
using sshauth::Errc;
using sshauth::MutBytes;

namespace {

int code(Errc e) noexcept { return static_cast<int>(e); }

Bytes octets(const void* at, std::size_t len) noexcept {
  return {static_cast<const std::uint8_t*>(at), at != nullptr ? len : 0};
}

std::string_view text(const char* in) noexcept {
  return in != nullptr ? std::string_view(in) : std::string_view{};
}

// The same walk measures (no block) and places, so size and layout cannot differ.
Errc walk(const ipworksauth_engine_config& config, Arena& arena, sshauth::Settings& settings,
          Engine::Memory& memory, std::size_t& head_len, const char*& why) noexcept {
  arena.take(sizeof(ipworksauth_engine));
  SSHAUTH_TRY(read_settings(config, arena, settings, why));
  head_len = arena.used();
  Engine::lay_out(settings, arena, memory);
  if (arena.ok()) return Errc::ok;
  why = "the configuration asks for more memory than there can be";
  return Errc::need_room;
}

std::size_t measure(const ipworksauth_engine_config& config, const char*& why) noexcept {
  Arena arena({});
  sshauth::Settings settings;
  Engine::Memory memory;
  std::size_t head_len = 0;
  return walk(config, arena, settings, memory, head_len, why) == Errc::ok ? arena.used() : 0;
}

}  // namespace

extern "C" {

size_t ipworksauth_engine_size(const ipworksauth_engine_config* config) {
  const char* why = "";
  return config != nullptr ? measure(*config, why) : 0;
}

int ipworksauth_engine_create(ipworksauth_engine** out, void* block, size_t block_len,
                              const ipworksauth_engine_config* config, const char** why) {
  const char* reason = "an argument is NULL, or the block is not aligned to 16";
  if (why != nullptr) *why = reason;
  if (out == nullptr || block == nullptr || config == nullptr) return code(Errc::bad_argument);
  *out = nullptr;
  if (reinterpret_cast<std::uintptr_t>(block) % Arena::kAlign != 0) return code(Errc::bad_argument);
  const std::size_t need = measure(*config, reason);
  if (why != nullptr) *why = reason;
  if (need == 0) return code(Errc::bad_argument);
  if (why != nullptr) *why = "the block is smaller than ipworksauth_engine_size says";
  if (need > block_len) return code(Errc::need_room);

  const MutBytes memory_block(static_cast<std::uint8_t*>(block), need);
  // The parts clear what they need cleared; most of the block are buffers, which nobody reads
  // before they are written.
  auto* e = new (block) ipworksauth_engine;
  e->head_len = sizeof *e;
  Arena arena(memory_block);
  Engine::Memory memory;
  Errc result = walk(*config, arena, e->engine.settings(), memory, e->head_len, reason);
  if (result == Errc::ok) {
    result = e->engine.start(memory);
    reason = error_row(result).text.data();  // rows are made from literals, which end in NUL
  }
  if (result != Errc::ok) {
    if (why != nullptr) *why = reason;
    ipworksauth_engine_destroy(e);
    return code(result);
  }
  if (why != nullptr) *why = "";
  *out = e;
  return 0;
}

void ipworksauth_engine_destroy(ipworksauth_engine* e) {
  if (e == nullptr) return;
  const std::size_t head_len = e->head_len;
  e->engine.wipe_all();
  e->~ipworksauth_engine();
  sshauth::secure_wipe(e, head_len);
}

int ipworksauth_engine_receive(ipworksauth_engine* e, const uint8_t* in, size_t len, size_t* used) {
  if (e == nullptr || used == nullptr || (in == nullptr && len != 0))
    return code(Errc::bad_argument);
  return code(e->engine.receive(octets(in, len), *used));
}

int ipworksauth_engine_receive_end(ipworksauth_engine* e) {
  return code(e != nullptr ? e->engine.receive_end() : Errc::bad_argument);
}

int ipworksauth_engine_pending(const ipworksauth_engine* e, const uint8_t** out, size_t* len) {
  if (e == nullptr || out == nullptr || len == nullptr) return code(Errc::bad_argument);
  const Bytes pending = e->engine.pending();
  *out = pending.data();
  *len = pending.size();
  return pending.empty() ? 0 : 1;
}

int ipworksauth_engine_sent(ipworksauth_engine* e, size_t len) {
  return code(e != nullptr ? e->engine.sent(len) : Errc::bad_argument);
}

int ipworksauth_engine_tick(ipworksauth_engine* e, uint64_t now) {
  return code(e != nullptr ? e->engine.tick(now) : Errc::bad_argument);
}

int ipworksauth_engine_deadline(const ipworksauth_engine* e, uint64_t* when) {
  if (e == nullptr || when == nullptr) return code(Errc::bad_argument);
  return e->engine.deadline(*when) ? 1 : 0;
}

int ipworksauth_engine_next_event(ipworksauth_engine* e, ipworksauth_event* ev) {
  if (e == nullptr || ev == nullptr) return code(Errc::bad_argument);
  return e->engine.next_event(*ev) ? 1 : 0;
}

int ipworksauth_engine_prompt(const ipworksauth_engine* e, uint32_t i, ipworksauth_octets* out,
                              int* echo) {
  if (e == nullptr || out == nullptr) return code(Errc::bad_argument);
  bool shown = false;
  if (!e->engine.prompt(i, *out, shown)) return code(Errc::bad_argument);
  if (echo != nullptr) *echo = shown ? 1 : 0;
  return 0;
}

int ipworksauth_engine_answer_host_key(ipworksauth_engine* e, uint32_t verdict) {
  return code(e != nullptr ? e->engine.answer_host_key(verdict) : Errc::bad_argument);
}

int ipworksauth_engine_answer_signature(ipworksauth_engine* e, const uint8_t* signature,
                                        size_t len) {
  if (e == nullptr || (signature != nullptr && len == 0)) return code(Errc::bad_argument);
  return code(e->engine.answer_signature(octets(signature, len)));
}

int ipworksauth_engine_answer_private_key(ipworksauth_engine* e,
                                          const ipworksauth_private_key* key) {
  if (e == nullptr || key == nullptr) return code(Errc::bad_argument);
  return code(e->engine.answer_private_key(*key));
}

int ipworksauth_engine_answer_password(ipworksauth_engine* e, const char* password, size_t len) {
  if (e == nullptr) return code(Errc::bad_argument);
  return code(e->engine.answer_password(octets(password, len), password != nullptr));
}

int ipworksauth_engine_answer_new_password(ipworksauth_engine* e, const char* old_password,
                                           size_t old_len, const char* new_password,
                                           size_t new_len) {
  const bool given = new_password != nullptr;
  if (e == nullptr || (given && old_password == nullptr)) return code(Errc::bad_argument);
  return code(e->engine.answer_new_password(octets(old_password, old_len),
                                            octets(new_password, new_len), given));
}

int ipworksauth_engine_answer_prompts(ipworksauth_engine* e, const ipworksauth_octets* responses,
                                      size_t num) {
  if (e == nullptr || (responses == nullptr && num != 0)) return code(Errc::bad_argument);
  return code(e->engine.answer_prompts({responses, num}, responses != nullptr));
}

int ipworksauth_engine_answer_custom(ipworksauth_engine* e, const uint8_t* payload, size_t len) {
  if (e == nullptr) return code(Errc::bad_argument);
  return code(e->engine.answer_custom(octets(payload, len), payload != nullptr));
}

int ipworksauth_engine_answer_request(ipworksauth_engine* e, uint32_t verdict,
                                      const char* can_continue) {
  return code(e != nullptr ? e->engine.answer_request(verdict, can_continue) : Errc::bad_argument);
}

int ipworksauth_engine_answer_change(ipworksauth_engine* e, const char* prompt) {
  if (e == nullptr || text(prompt).size() > 1024) return code(Errc::bad_argument);
  return code(e->engine.answer_change(text(prompt)));
}

int ipworksauth_engine_answer_ask(ipworksauth_engine* e, const char* name, const char* instruction,
                                  const ipworksauth_prompt* prompts, size_t num) {
  if (e == nullptr || num > sshauth::kMaxPrompts || (prompts == nullptr && num != 0))
    return code(Errc::bad_argument);
  sshauth::InfoRequest request;
  request.name = text(name);
  request.instruction = text(instruction);
  request.num_prompts = static_cast<std::uint32_t>(num);
  for (std::size_t i = 0; i < num; ++i)
    request.prompt[i] = {text(prompts[i].text), prompts[i].echo != 0};
  return code(e->engine.answer_ask(request));
}

int ipworksauth_engine_rekey(ipworksauth_engine* e) {
  return code(e != nullptr ? e->engine.rekey() : Errc::bad_argument);
}

int ipworksauth_engine_ignore(ipworksauth_engine* e, size_t len) {
  return code(e != nullptr ? e->engine.ignore(len) : Errc::bad_argument);
}

int ipworksauth_engine_disconnect(ipworksauth_engine* e, uint32_t reason, const char* why) {
  return code(e != nullptr ? e->engine.disconnect(reason, text(why)) : Errc::bad_argument);
}

int ipworksauth_engine_error(const ipworksauth_engine* e, ipworksauth_engine_error_info* out) {
  if (e == nullptr || out == nullptr) return code(Errc::bad_argument);
  const sshauth::Failure& failure = e->engine.failure();
  const sshauth::ErrorRow& row = error_row(failure.code);
  out->code = code(failure.code);
  out->object_code = row.object_code;
  out->stage = static_cast<std::uint32_t>(failure.stage);
  out->peer_reason = failure.peer_reason;
  out->name = row.name.data();  // rows are made from literals, which end in NUL
  out->text = failure.text.c_str();
  return 0;
}

int ipworksauth_engine_get_facts(const ipworksauth_engine* e, ipworksauth_engine_facts* out) {
  if (e == nullptr || out == nullptr) return code(Errc::bad_argument);
  e->engine.facts(*out);
  return 0;
}

int ipworksauth_engine_text(const ipworksauth_engine* e, uint32_t which, ipworksauth_octets* out) {
  if (e == nullptr || out == nullptr) return code(Errc::bad_argument);
  return e->engine.text(which, *out) ? 0 : code(Errc::bad_argument);
}

int ipworksauth_engine_trace(ipworksauth_engine* e, ipworksauth_trace_record* out) {
  if (e == nullptr || out == nullptr) return code(Errc::bad_argument);
  return e->engine.trace(*out) ? 1 : 0;
}

}  // extern "C"
