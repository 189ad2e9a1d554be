/* A GSSAPI library (RFC 2744, C bindings) without security, for tests of lib/gss. Of a host-based
 * name it makes the principal of the host that SSHAUTH_FAKE_DNS names, as a library does that asks
 * DNS; the one token of a context says for whom it is and what was asked for. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint32_t length;
  void* elements;
} oid;
typedef struct {
  size_t length;
  void* value;
} buffer;
typedef char* name; /* "host@server" as it was given, or a principal with its realm */

static int is_host_based(const oid* type) {
  static const unsigned char kHost[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x01, 0x04};
  return type->length == sizeof kHost && memcmp(type->elements, kHost, sizeof kHost) == 0;
}

static char* text(const char* before, const char* middle, const char* after) {
  const size_t room = strlen(before) + strlen(middle) + strlen(after) + 1;
  char* out = malloc(room);
  if (out != NULL) snprintf(out, room, "%s%s%s", before, middle, after);
  return out;
}

uint32_t gss_import_name(uint32_t* minor, buffer* in, oid* type, name* out) {
  char given[256] = "";
  *minor = 0;
  if (in->length >= sizeof given) return 1U << 16;
  memcpy(given, in->value, in->length);
  *out = is_host_based(type) ? text(given, "", "") : text(given, "", "@FAKE");
  return *out != NULL ? 0 : 1U << 16;
}

uint32_t gss_release_name(uint32_t* minor, name* which) {
  *minor = 0;
  free(*which);
  *which = NULL;
  return 0;
}

uint32_t gss_canonicalize_name(uint32_t* minor, name in, oid* mechanism, name* out) {
  const char* host = getenv("SSHAUTH_FAKE_DNS");
  (void)mechanism;
  *minor = 0;
  if (host == NULL) return 1U << 16;
  *out = strchr(in, '/') != NULL ? text(in, "", "") : text("host/", host, "@FAKE");
  return *out != NULL ? 0 : 1U << 16;
}

uint32_t gss_display_name(uint32_t* minor, name in, buffer* out, oid** type) {
  *minor = 0;
  if (type != NULL) *type = NULL;
  out->value = text(in, "", "");
  out->length = strlen(in);
  return 0;
}

uint32_t gss_acquire_cred_with_password(uint32_t* minor, name who, buffer* password, uint32_t time,
                                        void* mechanisms, int usage, void** out, void** actual,
                                        uint32_t* time_out) {
  (void)who, (void)password, (void)time, (void)mechanisms, (void)usage, (void)actual;
  (void)time_out;
  *minor = 0;
  *out = NULL;
  return 0;
}

uint32_t gss_release_cred(uint32_t* minor, void** cred) {
  *minor = 0;
  *cred = NULL;
  return 0;
}

uint32_t gss_init_sec_context(uint32_t* minor, void* cred, void** context, name target,
                              oid* mechanism, uint32_t flags, uint32_t time, void* bindings,
                              buffer* in, oid** actual, buffer* out, uint32_t* flags_out,
                              uint32_t* time_out) {
  char asked[32];
  name whole = NULL;
  (void)cred, (void)time, (void)bindings, (void)in, (void)actual, (void)time_out;
  if (gss_canonicalize_name(minor, target, mechanism, &whole) != 0) return 1U << 16;
  snprintf(asked, sizeof asked, " %u", (unsigned)flags);
  out->value = text(whole, asked, "");
  out->length = strlen(out->value);
  free(whole);
  *context = *context == NULL ? malloc(1) : *context;
  *flags_out = flags;
  return 0;
}

uint32_t gss_delete_sec_context(uint32_t* minor, void** context, buffer* out) {
  (void)out;
  *minor = 0;
  free(*context);
  *context = NULL;
  return 0;
}

uint32_t gss_get_mic(uint32_t* minor, void* context, uint32_t quality, buffer* in, buffer* mic) {
  (void)context, (void)quality, (void)in, (void)mic;
  *minor = 0;
  return 1U << 16;
}

uint32_t gss_verify_mic(uint32_t* minor, void* context, buffer* in, buffer* mic,
                        uint32_t* quality) {
  (void)context, (void)in, (void)mic, (void)quality;
  *minor = 0;
  return 1U << 16;
}

uint32_t gss_display_status(uint32_t* minor, uint32_t status, int type, oid* mechanism,
                            uint32_t* more, buffer* out) {
  (void)status, (void)type, (void)mechanism;
  *minor = *more = 0;
  out->value = text("the fake library says no", "", "");
  out->length = strlen(out->value);
  return 0;
}

uint32_t gss_release_buffer(uint32_t* minor, buffer* which) {
  *minor = 0;
  free(which->value);
  which->value = NULL;
  which->length = 0;
  return 0;
}
