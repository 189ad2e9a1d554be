#include "lib/gss/kerberos.hpp"

#include <algorithm>
#include <cstring>

#include "lib/gss/status.hpp"
#include "lib/gss/ticket.hpp"

namespace sshauth {
namespace {

using namespace gss;

// Object identifiers without tag and length, as the C bindings take them.
constexpr std::uint8_t kKerberosDer[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                         0xf7, 0x12, 0x01, 0x02, 0x02};  // RFC 4121 §4.1
constexpr std::uint8_t kHostService[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                         0x12, 0x01, 0x02, 0x01, 0x04};  // RFC 2743 §4.1
constexpr std::uint8_t kUserName[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                      0x12, 0x01, 0x02, 0x01, 0x01};  // RFC 2743 §4.2
constexpr std::uint8_t kPrincipal[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                       0x12, 0x01, 0x02, 0x02, 0x01};  // RFC 1964 §2.1.1

constexpr int kInitiate = 1;                 // RFC 2744 §5.2: GSS_C_INITIATE
constexpr OmUint32 kContinueNeeded = 1;      // RFC 2744 §3.9.1: GSS_S_CONTINUE_NEEDED
constexpr OmUint32 kErrorBits = 0xffff0000;  // calling and routine errors

// The bindings take what they only read through pointers to non-const.
OidDesc oid(Bytes octets) noexcept {
  return {static_cast<OmUint32>(octets.size()), const_cast<std::uint8_t*>(octets.data())};
}
BufferDesc buffer(Bytes octets) noexcept {
  return {octets.size(), const_cast<std::uint8_t*>(octets.data())};
}
bool failed(OmUint32 major) noexcept { return (major & kErrorBits) != 0; }

// Of "host/server.example".
std::string host_of_service(const std::string& service) {
  const std::size_t slash = service.find('/');
  return slash == std::string::npos ? "" : service.substr(slash + 1);
}

// RFC 4343 §3: ASCII letters of either case are one; a dot at the end changes nothing.
bool same_host(std::string_view a, std::string_view b) noexcept {
  for (std::string_view* name : {&a, &b})
    if (name->ends_with('.')) name->remove_suffix(1);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

class Kerberos {
 public:
  Kerberos(const GssLibrary& library, const KerberosOptions& o, const std::string& host,
           const std::string& user)
      : library_(library),
        host_(host),
        spn_(o.spn),
        realm_(o.realm),
        user_(user),
        status_(library_, mechanism()) {
    if (o.password) password_.emplace(o.password->reveal());
  }
  Kerberos(const Kerberos&) = delete;
  Kerberos& operator=(const Kerberos&) = delete;
  ~Kerberos() {
    OmUint32 minor = 0;
    if (target_ != nullptr) library_.release_name(&minor, &target_);
    if (cred_ != nullptr) library_.release_cred(&minor, &cred_);
  }

  const ipworksauth_gss& row() const noexcept { return row_; }

 private:
  // What the engine's context memory holds.
  struct Slot {
    Context context;
  };
  static Kerberos& of(void* self) noexcept { return *static_cast<Kerberos*>(self); }
  static Context& context(void* ctx) noexcept { return static_cast<Slot*>(ctx)->context; }
  static OidDesc mechanism() noexcept { return oid(Bytes(kKerberosDer).subspan(2)); }

  bool prepare();
  bool import_target();
  bool import_host(const std::string& service);
  bool is_for_host_named(Bytes token);
  bool import(const std::string& text, Bytes type, Name& out);
  bool acquire();
  std::string service() const;
  std::string principal() const;
  int step(Context& context, std::uint32_t& flags, Bytes in, MutBytes room, std::size_t& out_len);
  bool say(OmUint32 major, OmUint32 minor, const std::string& what);
  int take(BufferDesc& from, std::uint8_t* to, std::size_t* len, const char* what);

  static int initiate(void* self, void* ctx, std::uint32_t* flags, const std::uint8_t* in,
                      std::size_t in_len, std::uint8_t* out, std::size_t* out_len) noexcept;
  static int get_mic(void* self, void* ctx, const std::uint8_t* message, std::size_t message_len,
                     std::uint8_t* mic, std::size_t* mic_len) noexcept;
  static int verify_mic(void* self, void* ctx, const std::uint8_t* message, std::size_t message_len,
                        const std::uint8_t* mic, std::size_t mic_len) noexcept;
  static std::size_t error_text(void* self, void* ctx, char* text, std::size_t room) noexcept;
  static void wipe(void* self, void* ctx) noexcept;

  GssLibrary library_;
  std::string host_, spn_, realm_, user_;
  std::string host_asked_;  // of a target that the library looks up; "": it is taken as it is
  std::optional<SecretBytes> password_;  // until there is a ticket for it
  Status status_;
  Name target_ = nullptr;
  Cred cred_ = nullptr;  // null: the default of the credential cache
  std::string error_;
  ipworksauth_gss row_{sizeof(ipworksauth_gss),
                       kKerberosDer,
                       sizeof kKerberosDer,
                       this,
                       sizeof(Slot),
                       initiate,
                       nullptr,
                       get_mic,
                       verify_mic,
                       nullptr,
                       error_text,
                       wipe};
};

bool Kerberos::say(OmUint32 major, OmUint32 minor, const std::string& what) {
  error_ = what + ": " + status_.text(major, minor);
  return false;
}

// ---- names and credentials -------------------------------------------------------------------

// For people: what the ticket is for.
std::string Kerberos::service() const { return spn_.empty() ? "host/" + host_ : spn_; }

std::string Kerberos::principal() const {
  const bool whole = realm_.empty() || user_.find('@') != std::string::npos;
  return whole ? user_ : user_ + "@" + realm_;
}

bool Kerberos::import(const std::string& text, Bytes type, Name& out) {
  OmUint32 minor = 0;
  BufferDesc in = buffer(as_bytes(text));
  OidDesc of_type = oid(type);
  const OmUint32 major = library_.import_name(&minor, &in, &of_type, &out);
  return !failed(major) || say(major, minor, "Kerberos does not take \"" + text + "\" for a name");
}

// RFC 4462 §7.1: the service is "host" on the server, by the name it was asked for. That form lets
// the library look the host's name and realm up as its configuration says; with a realm all is
// said.
bool Kerberos::import_target() {
  if (spn_.empty() && realm_.empty()) return import_host("host@" + host_);
  std::string name = service();
  if (name.find('/') == std::string::npos) return import_host(name);
  if (!realm_.empty() && name.find('@') == std::string::npos) name += "@" + realm_;
  return import(name, kPrincipal, target_);
}

bool Kerberos::import_host(const std::string& service) {
  host_asked_ = service.substr(service.find('@') + 1);
  return import(service, kHostService, target_);
}

// RFC 4120 §1.3: what DNS says must not decide whose key proves the host. The libraries ask it, at
// once or when there is no ticket otherwise, unless their configuration forbids that; and what they
// found stays in the credential cache under the name that was asked for. So the ticket itself is
// looked at.
bool Kerberos::is_for_host_named(Bytes token) {
  if (host_asked_.empty()) return true;
  const std::string service = service_of_token(token), found = host_of_service(service);
  if (same_host(found, host_asked_)) return true;
  error_ = service.empty()
               ? "the Kerberos library's token does not say for which service its ticket is"
               : "Kerberos gives a ticket for " + service + ", not for host/" + host_asked_ +
                     " (DNS may have led there), so another host than the one that was named "
                     "would be proved: set KerberosSPN to " +
                     service + " if that is meant";
  return false;
}

bool Kerberos::acquire() {
  const std::string who = principal();
  Name name = nullptr;
  const bool whole = who.find('@') != std::string::npos;
  if (!import(who, whole ? Bytes(kPrincipal) : Bytes(kUserName), name)) return false;
  OmUint32 minor = 0, ignored = 0;
  BufferDesc password = buffer(password_->reveal());
  OidDesc kerberos = mechanism();
  OidSetDesc mechanisms{1, &kerberos};
  const OmUint32 major = library_.acquire_cred_with_password(
      &minor, name, &password, 0, &mechanisms, kInitiate, &cred_, nullptr, nullptr);
  library_.release_name(&ignored, &name);
  return !failed(major) ||
         say(major, minor, "Kerberos gives no ticket to " + who + " for this password");
}

bool Kerberos::prepare() {
  if (target_ == nullptr && !import_target()) return false;
  if (!password_ || cred_ != nullptr) return true;
  if (!acquire()) return false;
  password_.reset();
  return true;
}

// ---- steps -----------------------------------------------------------------------------------

int Kerberos::step(Context& context, std::uint32_t& flags, Bytes in, MutBytes room,
                   std::size_t& out_len) {
  OmUint32 minor = 0, has = 0;
  OidDesc kerberos = mechanism();
  BufferDesc from = buffer(in), token{0, nullptr};
  const bool first = context == nullptr;
  const OmUint32 major =
      library_.init_sec_context(&minor, cred_, &context, target_, &kerberos, flags, 0, nullptr,
                                &from, nullptr, &token, &has, nullptr);
  std::size_t len = room.size();
  const int fits = take(token, room.data(), &len, "the Kerberos token");
  if (failed(major)) {
    out_len = fits == 1 ? len : 0;
    say(major, minor,
        first ? "Kerberos gives no ticket for the service " + service()
              : "the Kerberos service " + service() + " answered what cannot be accepted");
    return IPWORKSAUTH_GSS_FAILED;
  }
  if (fits != 1) return IPWORKSAUTH_GSS_FAILED;
  out_len = len;
  flags = has;
  return (major & kContinueNeeded) != 0 ? IPWORKSAUTH_GSS_CONTINUE : IPWORKSAUTH_GSS_DONE;
}

// Moves what the library made to where it is wanted.
int Kerberos::take(BufferDesc& from, std::uint8_t* to, std::size_t* len, const char* what) {
  const std::size_t room = *len;
  *len = 0;
  const bool fits = from.length <= room;
  if (fits) {
    if (from.length != 0) std::memcpy(to, from.value, from.length);
    *len = from.length;
  } else {
    error_ = std::string(what) + " has " + std::to_string(from.length) + " octets, more than the " +
             std::to_string(room) + " that a message of SSH can hold";
  }
  OmUint32 ignored = 0;
  library_.release_buffer(&ignored, &from);
  return fits ? 1 : 0;
}

// ---- the row ---------------------------------------------------------------------------------
// No exception leaves a function of the row: where memory is short it fails.

int Kerberos::initiate(void* self, void* ctx, std::uint32_t* flags, const std::uint8_t* in,
                       std::size_t in_len, std::uint8_t* out, std::size_t* out_len) noexcept {
  try {
    Kerberos& its = of(self);
    const MutBytes room(out, *out_len);
    *out_len = 0;
    its.error_.clear();
    if (!its.prepare()) return IPWORKSAUTH_GSS_FAILED;
    const bool proves_host = (*flags & IPWORKSAUTH_GSS_PROVES_HOST) != 0;
    *flags &= ~std::uint32_t{IPWORKSAUTH_GSS_PROVES_HOST};
    const bool first = context(ctx) == nullptr;
    const int came = its.step(context(ctx), *flags, {in, in_len}, room, *out_len);
    if (came == IPWORKSAUTH_GSS_FAILED || !first || !proves_host ||
        its.is_for_host_named(room.first(*out_len)))
      return came;
    secure_wipe(out, *out_len);  // it may hold credentials to lend
    *out_len = 0;
    return IPWORKSAUTH_GSS_FAILED;
  } catch (...) {
    return IPWORKSAUTH_GSS_FAILED;
  }
}

int Kerberos::get_mic(void* self, void* ctx, const std::uint8_t* message, std::size_t message_len,
                      std::uint8_t* mic, std::size_t* mic_len) noexcept {
  try {
    Kerberos& its = of(self);
    OmUint32 minor = 0;
    BufferDesc over = buffer({message, message_len}), made{0, nullptr};
    const OmUint32 major = its.library_.get_mic(&minor, context(ctx), 0, &over, &made);
    if (!failed(major)) return its.take(made, mic, mic_len, "the Kerberos MIC");
    its.say(major, minor, "Kerberos cannot make a MIC");
  } catch (...) {
  }
  return 0;
}

int Kerberos::verify_mic(void* self, void* ctx, const std::uint8_t* message,
                         std::size_t message_len, const std::uint8_t* mic,
                         std::size_t mic_len) noexcept {
  try {
    Kerberos& its = of(self);
    OmUint32 minor = 0;
    BufferDesc over = buffer({message, message_len}), given = buffer({mic, mic_len});
    const OmUint32 major = its.library_.verify_mic(&minor, context(ctx), &over, &given, nullptr);
    if (!failed(major)) return 1;
    its.say(major, minor, "the server's Kerberos MIC does not verify");
  } catch (...) {
  }
  return 0;
}

std::size_t Kerberos::error_text(void* self, void*, char* text, std::size_t room) noexcept {
  return of(self).error_.copy(text, room);
}

void Kerberos::wipe(void* self, void* ctx) noexcept {
  OmUint32 minor = 0;
  if (context(ctx) != nullptr) of(self).library_.delete_sec_context(&minor, &context(ctx), nullptr);
  context(ctx) = nullptr;
}

}  // namespace

std::shared_ptr<const ipworksauth_gss> make_kerberos(const KerberosOptions& options,
                                                     const std::string& host,
                                                     const std::string& user, std::string& why) {
  GssLibrary library{};
  if (!load_library(options.library, library, why)) return nullptr;
  const auto made = std::make_shared<Kerberos>(library, options, host, user);
  return {made, &made->row()};
}

}  // namespace sshauth
