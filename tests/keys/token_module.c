/* A PKCS#11 module with one token in software, for tests: an Ed25519 key under the PIN of kPin, and
 * a number of tries. What the test wants to be otherwise it sets in toy_token, or for a program in
 * the environment: TOY_TOKEN_READER, TOY_TOKEN_TRIES. */
#include <p11-kit/pkcs11.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
enum { kPrivate = 1, kPublic = 2, kSeed = 9 };
static const char kPin[] = "eleven toys";

EXPORT struct {
  int tries;             /* how many are left; 0: locked */
  int logins;            /* how often a PIN was shown */
  int shows_all;         /* the private key shows without a login, and then will not sign */
  int each_time;         /* the private key wants the PIN for each signature */
  const char* at_reader; /* the PIN that a person gives at the token's own reader */
} toy_token = {3, 0, 0, 0, NULL};

static int logged_in, sessions;
static CK_ULONG wanted_class;
static int found_at;

static CK_RV yes(void* nothing) {
  (void)nothing;
  return CKR_OK;
}

static CK_RV get_info(CK_INFO* out) {
  memset(out, 0, sizeof *out);
  memset(out->manufacturerID, ' ', sizeof out->manufacturerID);
  memset(out->libraryDescription, ' ', sizeof out->libraryDescription);
  return CKR_OK;
}

static CK_RV get_slots(CK_BBOOL present, CK_SLOT_ID* out, CK_ULONG* num) {
  (void)present;
  if (out != NULL && *num >= 1) out[0] = 7;
  *num = 1;
  return CKR_OK;
}

static CK_RV get_slot(CK_SLOT_ID slot, CK_SLOT_INFO* out) {
  memset(out, 0, sizeof *out);
  memset(out->slotDescription, ' ', sizeof out->slotDescription);
  memset(out->manufacturerID, ' ', sizeof out->manufacturerID);
  return slot == 7 ? CKR_OK : CKR_SLOT_ID_INVALID;
}

static CK_RV get_token(CK_SLOT_ID slot, CK_TOKEN_INFO* out) {
  memset(out, 0, sizeof *out);
  memset(out->label, ' ', sizeof out->label);
  memcpy(out->label, "toy", 3);
  memset(out->manufacturerID, ' ', sizeof out->manufacturerID);
  memset(out->model, ' ', sizeof out->model);
  memset(out->serialNumber, ' ', sizeof out->serialNumber);
  out->flags = CKF_TOKEN_INITIALIZED | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED;
  if (toy_token.at_reader != NULL) out->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
  if (toy_token.tries < 3) out->flags |= CKF_USER_PIN_COUNT_LOW;
  if (toy_token.tries == 1) out->flags |= CKF_USER_PIN_FINAL_TRY;
  if (toy_token.tries == 0) out->flags |= CKF_USER_PIN_LOCKED;
  return slot == 7 ? CKR_OK : CKR_SLOT_ID_INVALID;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void* context, CK_NOTIFY notify,
                          CK_SESSION_HANDLE* out) {
  (void)flags, (void)context, (void)notify;
  *out = 1;
  ++sessions;
  return slot == 7 ? CKR_OK : CKR_SLOT_ID_INVALID;
}

/* PKCS#11 2.40 §5.6: the token logs out with its last session. */
static CK_RV close_session(CK_SESSION_HANDLE session) {
  (void)session;
  if (--sessions == 0) logged_in = 0;
  return CKR_OK;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE who, CK_UTF8CHAR* pin, CK_ULONG len) {
  (void)session, (void)who;
  ++toy_token.logins;
  if (toy_token.tries == 0) return CKR_PIN_LOCKED;
  if (pin == NULL && toy_token.at_reader != NULL) {
    pin = (CK_UTF8CHAR*)toy_token.at_reader;
    len = strlen(toy_token.at_reader);
  }
  if (len != sizeof kPin - 1 || memcmp(pin, kPin, len) != 0) {
    --toy_token.tries;
    return CKR_PIN_INCORRECT;
  }
  toy_token.tries = 3;
  logged_in = 1;
  return CKR_OK;
}

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE* wanted, CK_ULONG num) {
  (void)session;
  wanted_class = ~0UL;
  found_at = 0;
  for (CK_ULONG i = 0; i < num; ++i)
    if (wanted[i].type == CKA_CLASS) memcpy(&wanted_class, wanted[i].pValue, sizeof wanted_class);
  return CKR_OK;
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE* out, CK_ULONG most, CK_ULONG* num) {
  (void)session;
  *num = 0;
  if (found_at++ != 0 || most == 0) return CKR_OK;
  if (wanted_class == CKO_PRIVATE_KEY && (logged_in || toy_token.shows_all))
    out[(*num)++] = kPrivate;
  if (wanted_class == CKO_PUBLIC_KEY) out[(*num)++] = kPublic;
  return CKR_OK;
}

static CK_RV find_final(CK_SESSION_HANDLE session) {
  (void)session;
  return CKR_OK;
}

static void key(unsigned char* pub, unsigned char* both) {
  unsigned char seed[crypto_sign_SEEDBYTES] = {kSeed};
  crypto_sign_seed_keypair(pub, both, seed);
}

static CK_RV give(CK_ATTRIBUTE* out, const void* value, CK_ULONG len) {
  if (out->pValue != NULL && out->ulValueLen < len) return CKR_BUFFER_TOO_SMALL;
  if (out->pValue != NULL) memcpy(out->pValue, value, len);
  out->ulValueLen = len;
  return CKR_OK;
}

static CK_RV attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* out,
                       CK_ULONG num) {
  static const unsigned char curve[] = {0x06, 0x03, 0x2b, 0x65, 0x70};
  const CK_ULONG kind = object == kPrivate ? CKO_PRIVATE_KEY : CKO_PUBLIC_KEY;
  const CK_ULONG type = CKK_EC_EDWARDS;
  const CK_BBOOL each_time = toy_token.each_time ? CK_TRUE : CK_FALSE;
  unsigned char point[2 + 32] = {4, 32}, both[64];
  (void)session;
  if (num != 1) return CKR_ARGUMENTS_BAD;
  key(point + 2, both);
  switch (out->type) {
    case CKA_CLASS: return give(out, &kind, sizeof kind);
    case CKA_KEY_TYPE: return give(out, &type, sizeof type);
    case CKA_LABEL: return give(out, "toy key", 7);
    case CKA_ID: return give(out, "\1", 1);
    case CKA_EC_PARAMS: return give(out, curve, sizeof curve);
    case CKA_ALWAYS_AUTHENTICATE: return give(out, &each_time, sizeof each_time);
    case CKA_EC_POINT: return give(out, point, sizeof point);
    default: return CKR_ATTRIBUTE_TYPE_INVALID;
  }
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM* how, CK_OBJECT_HANDLE object) {
  (void)session;
  if (!logged_in) return CKR_USER_NOT_LOGGED_IN;
  return how->mechanism == CKM_EDDSA && object == kPrivate ? CKR_OK : CKR_MECHANISM_INVALID;
}

static CK_RV sign(CK_SESSION_HANDLE session, unsigned char* data, CK_ULONG len, unsigned char* out,
                  CK_ULONG* out_len) {
  unsigned char pub[32], both[64];
  (void)session;
  key(pub, both);
  *out_len = 64;
  return crypto_sign_detached(out, NULL, data, len, both) == 0 ? CKR_OK : CKR_FUNCTION_FAILED;
}

EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST** out) {
  static CK_FUNCTION_LIST list;
  const char* tries = getenv("TOY_TOKEN_TRIES");
  if (tries != NULL) toy_token.tries = atoi(tries);
  if (toy_token.at_reader == NULL) toy_token.at_reader = getenv("TOY_TOKEN_READER");
  list.C_Initialize = yes;
  list.C_GetInfo = get_info;
  list.C_GetSlotList = get_slots;
  list.C_GetSlotInfo = get_slot;
  list.C_GetTokenInfo = get_token;
  list.C_OpenSession = open_session;
  list.C_CloseSession = close_session;
  list.C_Login = login;
  list.C_FindObjectsInit = find_init;
  list.C_FindObjects = find;
  list.C_FindObjectsFinal = find_final;
  list.C_GetAttributeValue = attribute;
  list.C_SignInit = sign_init;
  list.C_Sign = sign;
  *out = &list;
  return sodium_init() >= 0 ? CKR_OK : CKR_GENERAL_ERROR;
}
