// RFC 4419: the client says how long a modulus it wants, the server names a group, and then it is
// Diffie-Hellman. RFC 4419 §5: the numbers 30 to 34 say other things here than in other methods.
#include "lib/kex/family.hpp"
#include "lib/kex/groups.hpp"

namespace sshauth {
namespace {

constexpr Msg kRequestOld = Msg::kex_30;
constexpr Msg kGroup = Msg::kex_31;
constexpr Msg kInit = Msg::kex_32;
constexpr Msg kReply = Msg::kex_33;
constexpr Msg kRequest = Msg::kex_34;

const char* title(std::uint8_t msg) noexcept {
  switch (static_cast<Msg>(msg)) {
    case kRequestOld: return "SSH_MSG_KEX_DH_GEX_REQUEST_OLD";
    case kGroup: return "SSH_MSG_KEX_DH_GEX_GROUP";
    case kInit: return "SSH_MSG_KEX_DH_GEX_INIT";
    case kReply: return "SSH_MSG_KEX_DH_GEX_REPLY";
    case kRequest: return "SSH_MSG_KEX_DH_GEX_REQUEST";
    default: return nullptr;
  }
}

// The agreement comes with the group.
Errc begin(KexRun& /*run*/) noexcept { return Errc::ok; }

// ---- client

Errc open(KexRun& run, Writer& w) noexcept {
  ask_for_group(run, w, run.wishes.old_request ? kRequestOld : kRequest);
  run.expect(kGroup);
  return Errc::ok;
}

Errc send_init(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept {
  SSHAUTH_TRY(take_group(run, payload, kGroup));
  SSHAUTH_TRY(run.make_value());
  encode(w, KexInitValue{run.value()}, ValueForm::mpint, kInit);
  run.expect(kReply);
  step = KexStep::send;
  return Errc::ok;
}

Errc take_reply(KexRun& run, Bytes payload, KexStep& step) noexcept {
  SSHAUTH_TRY(decode(payload, run.reply, ValueForm::mpint, kReply));
  SSHAUTH_TRY(run.agree(run.reply.value));
  run.host_key = run.reply.host_key;
  step = KexStep::agreed;
  return run.finish_hash(run.value(), run.reply.value);
}

Errc take_as_client(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept {
  return payload[0] == number(kGroup) ? send_init(run, payload, w, step)
                                      : take_reply(run, payload, step);
}

// ---- server

Errc answer_request(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept {
  const Msg request = payload[0] == number(kRequest) ? kRequest : kRequestOld;
  SSHAUTH_TRY(give_group(run, payload, w, request, kGroup));
  run.expect(kInit);
  step = KexStep::send;
  return Errc::ok;
}

Errc take_init(KexRun& run, Bytes payload, KexStep& step) noexcept {
  KexInitValue init;
  SSHAUTH_TRY(decode(payload, init, ValueForm::mpint, kInit));
  SSHAUTH_TRY(run.answer(init.value));
  step = KexStep::agreed;
  return run.finish_hash(init.value, run.value());
}

Errc take_as_server(KexRun& run, Bytes payload, Writer& w, KexStep& step) noexcept {
  return payload[0] == number(kInit) ? take_init(run, payload, step)
                                     : answer_request(run, payload, w, step);
}

void reply(const KexRun& run, Writer& w, Bytes signature) noexcept {
  encode(w, KexReply{run.host_key, run.value(), signature}, ValueForm::mpint, kReply);
}

constexpr KexServerHalf kServer = {kex_number(number(kRequest)) | kex_number(number(kRequestOld)),
                                   take_as_server, reply};

}  // namespace

// What is asked for depends on who the server is (quirks), so a request is never a guess.
constinit const KexFamily group_exchange_family = {
    groups_served,         begin, title, kGroupMemory, false, false, {open, take_as_client},
    if_both_roles(kServer)};

}  // namespace sshauth
