// A password that passed through a code page leaves no copy in memory that was given back: not
// ours, not iconv's. free looks at every block before it goes.
#include <malloc.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>

#include "ipworksauth/sshauth.h"

extern "C" void __libc_free(void* at);

namespace {

// The password as it is in UTF-8 and in the pages below, and as iconv has it on the way.
struct Form {
  const char* name;
  char octets[64];
  std::size_t len;
};
Form forms[2];
std::size_t num_forms = 0;
unsigned seen = 0, looked_at = 0;
bool watching = false;

bool contains(const void* at, std::size_t len, const Form& form) {
  return memmem(at, len, form.octets, form.len) != nullptr;
}

void look(void* at) {
  const std::size_t len = malloc_usable_size(at);
  ++looked_at;
  for (std::size_t i = 0; i < num_forms; ++i)
    if (contains(at, len, forms[i])) {
      ++seen;
      std::fprintf(stderr, "a block of %zu octets goes with the password in %s\n", len,
                   forms[i].name);
    }
}

// `width` octets a character, US-ASCII alone.
void add_form(const char* name, const char* text, std::size_t width) {
  Form& form = forms[num_forms++];
  form.name = name;
  for (; *text != '\0'; ++text) {
    const char32_t wide = static_cast<unsigned char>(*text);
    if (width == 1)
      form.octets[form.len] = *text;
    else
      std::memcpy(form.octets + form.len, &wide, sizeof wide);
    form.len += width;
  }
}

int fail(const char* what) {
  std::fprintf(stderr, "not so: %s\n", what);
  return 1;
}

}  // namespace

extern "C" void free(void* at) {
  if (watching && at != nullptr) {
    look(at);
    std::memset(at, 0, malloc_usable_size(at));  // or the next owner of the block gives it back
  }
  __libc_free(at);
}

int main() {
  const char secret[] = "geheim7Xq";
  add_form("US-ASCII", secret, 1);
  add_form("UCS-4", secret, 4);
  watching = true;
  {
    // The watch itself works.
    char* volatile copy = strdup("before geheim7Xq after");
    free(copy);
  }
  if (seen != 1) return fail("a copy that is not wiped is seen");
  seen = 0;

  for (const char* page : {"CodePage=932", "CodePage=1252", "CodePage=65000", "CodePage=50220"}) {
    void* o = ipworksauth_sshauth_create(nullptr, nullptr, nullptr, 0);
    ipworksauth_sshauth_config(o, page);
    if (ipworksauth_sshauth_setpassword(o, secret) != 0) return fail("the password is set");
    if (std::strcmp(secret, ipworksauth_sshauth_getpassword(o)) != 0) return fail("and read back");
    ipworksauth_sshauth_config(o, "CodePage=65001");
    ipworksauth_sshauth_reset(o);
    ipworksauth_sshauth_destroy(o);
  }
  watching = false;
  if (looked_at < 20) return fail("blocks were looked at");
  return seen == 0 ? 0 : fail("nothing of the password is left");
}
