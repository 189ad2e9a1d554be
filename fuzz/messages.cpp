// Fuzz target: every message decoder over one payload. What a decoder accepts must encode and
// decode again to the same octets, and every view must point into the payload.
#include <vector>

#include "fuzz/require.hpp"
#include "lib/wire/messages.hpp"

using namespace sshauth;

namespace {

template <class Message, class... Form>
std::vector<std::uint8_t> encoded(const Message& message, std::size_t room, Form... form) {
  std::vector<std::uint8_t> out(room);
  Writer w(out);
  encode(w, message, form...);
  require(w.ok());
  out.resize(w.len());
  return out;
}

// Encoding adds at most the fields a lenient decoder let go, and one octet of padding per mpint.
constexpr std::size_t kSlack = 64;

template <class Message, class... Form>
void round_trip(Bytes payload, Form... form) {
  Message first, second;
  if (decode(payload, first, form...) != Errc::ok) return;
  const auto once = encoded(first, payload.size() + kSlack, form...);
  require(decode(once, second, form...) == Errc::ok);
  require(encoded(second, once.size() + kSlack, form...) == once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes payload(data, size);
  round_trip<Disconnect>(payload);
  round_trip<Unimplemented>(payload);
  round_trip<Debug>(payload);
  round_trip<ServiceRequest>(payload);
  round_trip<ServiceAccept>(payload);
  round_trip<ExtInfo>(payload);
  round_trip<KexInit>(payload);
  round_trip<NewKeys>(payload);
  round_trip<GexRequest>(payload, Msg::kex_30);
  round_trip<GexRequest>(payload, Msg::kex_34);
  round_trip<GexGroup>(payload, Msg::kex_31);
  round_trip<KexInitValue>(payload, ValueForm::mpint, Msg::kex_32);
  round_trip<KexReply>(payload, ValueForm::mpint, Msg::kex_33);
  for (const ValueForm form : {ValueForm::string, ValueForm::mpint}) {
    round_trip<KexInitValue>(payload, form, Msg::kex_30);
    round_trip<KexReply>(payload, form, Msg::kex_31);
  }
  round_trip<UserauthRequest>(payload);
  round_trip<PasswordFields>(payload);
  round_trip<PublickeyFields>(payload);
  round_trip<KbdintFields>(payload);
  round_trip<UserauthFailure>(payload);
  round_trip<UserauthSuccess>(payload);
  round_trip<UserauthBanner>(payload);
  round_trip<PkOk>(payload);
  round_trip<PasswdChangereq>(payload);
  round_trip<InfoRequest>(payload);
  round_trip<InfoResponse>(payload);
  round_trip<GssFields>(payload);
  round_trip<GssKeyexFields>(payload);
  round_trip<GssResponse>(payload);
  round_trip<GssToken>(payload);
  round_trip<GssMic>(payload);
  round_trip<GssComplete>(payload);
  for (const Msg msg : {Msg::gssapi_error, Msg::kex_34}) round_trip<GssError>(payload, msg);
  for (const ValueForm form : {ValueForm::string, ValueForm::mpint}) {
    round_trip<KexGssInit>(payload, form);
    round_trip<KexGssComplete>(payload, form);
  }
  round_trip<KexGssContinue>(payload);
  round_trip<KexGssHostKey>(payload);
  round_trip<GssErrtok>(payload);
  round_trip<GlobalRequest>(payload);
  round_trip<RequestSuccess>(payload);
  round_trip<RequestFailure>(payload);
  round_trip<Ping>(payload);
  round_trip<Pong>(payload);
  Ignore ignored;
  (void)decode(payload, ignored);

  std::vector<std::uint8_t> masked(payload.begin(), payload.end());
  mask_secrets(masked, true);
  require(masked.size() == size && (size == 0 || masked[0] == data[0]));
  return 0;
}
