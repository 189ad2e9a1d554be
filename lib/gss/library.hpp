// GssLibrary: a GSSAPI library (MIT Kerberos or Heimdal), loaded when a login first needs one, so
// that this library starts where there is none.
//
// The types are the C bindings of RFC 2744 appendix A, which both share to the octet; so no header
// of either is needed. Nothing is ever unloaded: both leave handlers behind that run at exit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sshauth::gss {

using OmUint32 = std::uint32_t;
struct OidDesc {
  OmUint32 length;
  void* elements;
};
using Oid = OidDesc*;
struct OidSetDesc {
  std::size_t count;
  Oid elements;
};
using OidSet = OidSetDesc*;
struct BufferDesc {
  std::size_t length;
  void* value;
};
using Buffer = BufferDesc*;
using Name = struct NameStruct*;
using Cred = struct CredStruct*;
using Context = struct ContextStruct*;

struct GssLibrary {
  OmUint32 (*import_name)(OmUint32* minor, Buffer in, Oid type, Name* out);
  OmUint32 (*release_name)(OmUint32* minor, Name* name);
  OmUint32 (*acquire_cred_with_password)(OmUint32* minor, Name desired, Buffer password,
                                         OmUint32 time, OidSet mechanisms, int usage, Cred* out,
                                         OidSet* actual, OmUint32* time_out);
  OmUint32 (*release_cred)(OmUint32* minor, Cred* cred);
  OmUint32 (*init_sec_context)(OmUint32* minor, Cred cred, Context* context, Name target,
                               Oid mechanism, OmUint32 flags, OmUint32 time, void* bindings,
                               Buffer in, Oid* actual, Buffer out, OmUint32* flags_out,
                               OmUint32* time_out);
  OmUint32 (*delete_sec_context)(OmUint32* minor, Context* context, Buffer out);
  OmUint32 (*get_mic)(OmUint32* minor, Context context, OmUint32 quality, Buffer message,
                      Buffer mic);
  OmUint32 (*verify_mic)(OmUint32* minor, Context context, Buffer message, Buffer mic,
                         OmUint32* quality);
  OmUint32 (*display_status)(OmUint32* minor, OmUint32 status, int type, Oid mechanism,
                             OmUint32* more, Buffer text);
  OmUint32 (*release_buffer)(OmUint32* minor, Buffer buffer);
};

// The library of that file name, or "" for the first there is of MIT's and Heimdal's. False, with
// what is missing in `why`, when there is none.
bool load_library(const std::string& file, GssLibrary& out, std::string& why);

}  // namespace sshauth::gss
