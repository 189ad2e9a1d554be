// Methods with one init and one reply: RFC 4253 §8, RFC 5656 §4, RFC 8731, and the hybrids.
#include "lib/kex/family.hpp"

namespace sshauth {
namespace {

bool served(const Provider& provider, const KexMethod& method) noexcept {
  return find(agreements(provider), method.agreement) != nullptr;
}

const char* title(std::uint8_t /*msg*/) noexcept { return nullptr; }

Errc begin(KexRun& run) noexcept {
  return run.use(find(agreements(*run.provider), run.method->agreement));
}

Errc open(KexRun& run, Writer& w) noexcept {
  SSHAUTH_TRY(run.make_value());
  encode(w, KexInitValue{run.value()}, run.method->value_form, Msg::kex_30);
  run.expect(Msg::kex_31);
  return Errc::ok;
}

Errc take_reply(KexRun& run, Bytes payload, Writer& /*w*/, KexStep& step) noexcept {
  SSHAUTH_TRY(decode(payload, run.reply, run.method->value_form, Msg::kex_31));
  SSHAUTH_TRY(run.agree(run.reply.value));
  run.host_key = run.reply.host_key;
  step = KexStep::agreed;
  return run.finish_hash(run.value(), run.reply.value);
}

Errc take_init(KexRun& run, Bytes payload, Writer& /*w*/, KexStep& step) noexcept {
  KexInitValue init;
  SSHAUTH_TRY(decode(payload, init, run.method->value_form, Msg::kex_30));
  SSHAUTH_TRY(run.answer(init.value));
  step = KexStep::agreed;
  return run.finish_hash(init.value, run.value());
}

void reply(const KexRun& run, Writer& w, Bytes signature) noexcept {
  encode(w, KexReply{run.host_key, run.value(), signature}, run.method->value_form, Msg::kex_31);
}

constexpr KexServerHalf kServer = {kex_number(30), take_init, reply};

}  // namespace

constinit const KexFamily one_round_family = {
    served, begin, title, 0, true, false, {open, take_reply}, if_both_roles(kServer)};

}  // namespace sshauth
