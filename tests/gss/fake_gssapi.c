/* A GSSAPI library (RFC 2744, C bindings) without security, for tests of lib/gss. Of a host-based
 * name it makes the principal of the host that SSHAUTH_FAKE_DNS names, as a library does that asks
 * DNS; the one token of a context has a ticket for that, as Kerberos' have, and in place of what is
 * enciphered the flags that were asked for. SSHAUTH_FAKE_TOKEN is a token in its place. */
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

/* A DER element of fewer than 128 octets, around what is in `out` from `at` on. */
static size_t wrap(unsigned char* out, size_t at, size_t end, int tag) {
  memmove(out + at + 2, out + at, end - at);
  out[at] = (unsigned char)tag;
  out[at + 1] = (unsigned char)(end - at);
  return end + 2;
}

static size_t put(unsigned char* out, size_t at, const void* octets, size_t len, int tag) {
  memcpy(out + at, octets, len);
  return tag == 0 ? at + len : wrap(out, at, at + len, tag);
}

/* RFC 4121 section 4.1; RFC 4120 sections 5.3 and 5.5.1. */
static size_t token_for(unsigned char* out, const char* host, const char* flags) {
  static const char kStart[] = "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00";
  static const char kRequest[] =
      "\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x0e\xa2\x07\x03\x05\x00\x00\x00\x00\x00";
  static const char kTicket[] =
      "\xa0\x03\x02\x01\x05\xa1\x06\x1b\x04"
      "FAKE";
  size_t end = put(out, 0, kStart, sizeof kStart - 1, 0), request = end, ticket, sname, parts;
  end = put(out, end, kRequest, sizeof kRequest - 1, 0);
  ticket = end;
  end = put(out, end, kTicket, sizeof kTicket - 1, 0);
  sname = end;
  end = put(out, end, "\xa0\x03\x02\x01\x03", 5, 0);
  parts = end;
  end = put(out, end, "host", 4, 0x1b);
  end = put(out, end, host, strlen(host), 0x1b);
  end = wrap(out, parts, wrap(out, parts, end, 0x30), 0xa1);
  end = wrap(out, sname, wrap(out, sname, end, 0x30), 0xa2);
  end = wrap(out, ticket, wrap(out, ticket, wrap(out, ticket, end, 0x30), 0x61), 0xa3);
  end = put(out, end, flags, strlen(flags), 0xa4);
  end = wrap(out, request, wrap(out, request, end, 0x30), 0x6e);
  return wrap(out, 0, end, 0x60);
}

uint32_t gss_init_sec_context(uint32_t* minor, void* cred, void** context, name target,
                              oid* mechanism, uint32_t flags, uint32_t time, void* bindings,
                              buffer* in, oid** actual, buffer* out, uint32_t* flags_out,
                              uint32_t* time_out) {
  const char *dns = getenv("SSHAUTH_FAKE_DNS"), *slash = strchr(target, '/'),
             *instead = getenv("SSHAUTH_FAKE_TOKEN");
  char asked[32], host[64] = "";
  (void)cred, (void)mechanism, (void)time, (void)bindings, (void)in, (void)actual, (void)time_out;
  *minor = 0;
  if (dns == NULL || (out->value = malloc(512)) == NULL) return 1U << 16;
  if (slash != NULL)
    snprintf(host, sizeof host, "%.*s", (int)strcspn(slash + 1, "@"), slash + 1);
  else
    snprintf(host, sizeof host, "%s", dns);
  snprintf(asked, sizeof asked, "%u", (unsigned)flags);
  out->length = token_for(out->value, host, asked);
  if (instead != NULL) out->length = put(out->value, 0, instead, strlen(instead), 0);
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
